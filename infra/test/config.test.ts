import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import Type from "typebox";
import { Value } from "typebox/value";
import { parse } from "yaml";
import { readStackFile } from "../../local/program/stack-file.ts";
import { ConfigError, readConfig } from "../config.ts";
import { root } from "./support/declared.ts";

const { config: dev } = await readStackFile(root, "dev");

const ProjectFile = Type.Object({
  config: Type.Record(
    Type.String(),
    Type.Object({ type: Type.String(), description: Type.String({ minLength: 20 }), default: Type.Unknown() }),
  ),
});

function problemsOf(changes: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfig("latchkey", "dev", { ...dev, ...changes });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe("The configuration", () => {
  it("is typed once it is read", () => {
    const { webOrigins, protectData, maxUploadBytes, signingAlgorithm } = readConfig("latchkey", "dev", dev);
    expect({ webOrigins, protectData, maxUploadBytes, signingAlgorithm }).to.deep.equal({
      webOrigins: ["http://localhost:4005"],
      protectData: false,
      maxUploadBytes: 5_000_000_000,
      signingAlgorithm: "ES256",
    });
  });

  it("is declared key by key in Pulumi.yaml, with type, description and default", async () => {
    const declared = Value.Parse(ProjectFile, parse(await readFile(`${root}Pulumi.yaml`, "utf8"))).config;
    expect(Object.keys(declared)).to.have.members(
      Object.keys(readConfig("latchkey", "dev", dev)).map((key) => `latchkey:${key}`),
    );
  });

  it("is whole with nothing but its defaults", async () => {
    const folder = await mkdtemp(join(tmpdir(), "latchkey-"));
    await copyFile(`${root}Pulumi.yaml`, join(folder, "Pulumi.yaml"));
    await writeFile(join(folder, "Pulumi.plain.yaml"), "config: { aws:region: us-east-1 }");
    const { config } = await readStackFile(folder, "plain");
    await rm(folder, { recursive: true });
    expect(readConfig("latchkey", "dev", config)).to.deep.include({
      protectData: true,
      passwordSignIn: false,
      wafMode: "block",
    });
  });

  it("tells of all that is wrong at once", () => {
    expect(
      problemsOf({ "latchkey:mfa": "sometimes", "latchkey:rateLimit": "9", "latchkey:wafmode": "count" }),
    ).to.have.lengthOf(3);
  });

  const good: [key: string, value: string][] = [
    ["webOrigins", "[]"],
    ["webOrigins", '["https://photos.example.com","https://photos.example.com:8443","http://127.0.0.1:3000"]'],
    ["callbackUrls", '["com.example.photos://callback","https://photos.example.com/callback?from=app"]'],
    ["signInDomain", "photos-acme"],
    ["oidcName", "Acme"],
    ["allowedTypes", '["image/avif"]'],
    ["maxUploadBytes", "5368709120"],
    ["allowedCidrs", '["192.0.2.0/24","2001:db8::/32","198.51.100.7/32"]'],
    ["deniedCountries", '["KP","SY"]'],
    ["logRetentionDays", "3653"],
    ["signingAlgorithm", "RS256"],
  ];
  for (const [key, value] of good) {
    it(`takes ${key} ${value}`, () => expect(problemsOf({ [`latchkey:${key}`]: value })).to.deep.equal([]));
  }

  const bad: [key: string, value: string, problem: string][] = [
    [
      "webOrigins",
      '["https://photos.example.com/"]',
      'is ["https://photos.example.com/"]; "https://photos.example.com/": give scheme, host and port only, in lower case, https except on localhost',
    ],
    ["webOrigins", '["*"]', 'is ["*"]; "*": give scheme, host and port only, in lower case, https except on localhost'],
    [
      "webOrigins",
      '["http://photos.example.com"]',
      'is ["http://photos.example.com"]; "http://photos.example.com": give scheme, host and port only, in lower case, https except on localhost',
    ],
    ["webOrigins", "https://photos.example.com", 'is "https://photos.example.com"; set it to a list'],
    ["webOrigins", "[1]", "is [1]; set it to a list of strings"],
    [
      "webOrigins",
      '["https://a.example","https://a.example"]',
      'is ["https://a.example","https://a.example"]; it names "https://a.example" twice; name it once',
    ],
    [
      "callbackUrls",
      '["http://photos.example.com/callback"]',
      'is ["http://photos.example.com/callback"]; "http://photos.example.com/callback": give an absolute URL without fragment or wildcard, https except on http://localhost',
    ],
    [
      "callbackUrls",
      '["/callback"]',
      'is ["/callback"]; "/callback": give an absolute URL without fragment or wildcard, https except on http://localhost',
    ],
    ["passwordSignIn", "yes", 'is "yes"; set it to true or false'],
    [
      "signInDomain",
      "my-cognito",
      'is "my-cognito"; give a prefix such as photos-acme, without aws, amazon or cognito in it, or a domain of your own in lower case, or nothing',
    ],
    ["oidcName", "Google", 'is "Google"; give 3 to 32 letters, digits, - or _ that name no other provider'],
    ["mfa", "on", 'is "on"; set it to off or optional or required'],
    ["allowedTypes", "[]", "is []; name at least one"],
    [
      "allowedTypes",
      '["image/svg+xml"]',
      'is ["image/svg+xml"]; "image/svg+xml": set it to image/jpeg or image/png or image/webp or image/avif or image/gif or image/heic or image/heif or video/mp4 or video/quicktime or video/webm',
    ],
    ["maxUploadBytes", "0", 'is "0"; set it to a whole number from 1 to 5368709120'],
    ["maxUploadBytes", "1e6", 'is "1e6"; set it to a whole number from 1 to 5368709120'],
    ["uploadSeconds", "901", 'is "901"; set it to a whole number from 60 to 900'],
    ["uploadSeconds", "12.5", 'is "12.5"; set it to a whole number from 60 to 900'],
    ["urlWindowSeconds", "", 'is ""; set it to a whole number from 60 to 43200'],
    ["signingKeyActive", "c", 'is "c"; set it to a or b'],
    ["rateLimit", "9", 'is "9"; set it to a whole number from 10 to 2000000000'],
    [
      "deniedCidrs",
      '["192.0.2.1"]',
      'is ["192.0.2.1"]; "192.0.2.1": give an address range such as 192.0.2.0/24 or 2001:db8::/32',
    ],
    [
      "deniedCidrs",
      '["0.0.0.0/0"]',
      'is ["0.0.0.0/0"]; "0.0.0.0/0": give an address range such as 192.0.2.0/24 or 2001:db8::/32',
    ],
    [
      "deniedCountries",
      '["North Korea"]',
      'is ["North Korea"]; "North Korea": give two capital letters of ISO 3166, such as KP',
    ],
    ["signingAlgorithm", "ECDSA", 'is "ECDSA"; set it to ES256 or RS256'],
    ["httpVersion", "http3", 'is "http3"; set it to http2 or http2and3'],
    [
      "mediaDomain",
      "https://media.example.com",
      'is "https://media.example.com"; give a full host name in lower case, such as media.photos.example.com',
    ],
    [
      "adminRoles",
      '["arn:aws:iam::000000000000:role/*"]',
      'is ["arn:aws:iam::000000000000:role/*"]; "arn:aws:iam::000000000000:role/*": give a role\'s ARN, in which * may stand for anything but the start of the name',
    ],
    ["auditorExternalId", "acme", 'is "acme"; agree on 16 or more letters, digits and +=,.@:/-_'],
    ["webOrigin", "[]", "is not a key of this project; see Pulumi.yaml for those that are"],
  ];
  for (const [key, value, problem] of bad) {
    it(`refuses ${key} ${value || "when empty"}`, () => {
      expect(problemsOf({ [`latchkey:${key}`]: value })).to.deep.equal([`latchkey:${key} ${problem}`]);
    });
  }

  it("refuses to sign with an empty slot", () => {
    expect(problemsOf({ "latchkey:signingKeyActive": "b" })).to.deep.equal([
      'latchkey:signingKeyActive is "b", but signingKeyB is 0, an empty slot; set signingKeyB to 1 or more, or let the other slot sign',
    ]);
  });

  it("refuses to allow and deny the same addresses", () => {
    const both = '["192.0.2.0/24"]';
    expect(problemsOf({ "latchkey:allowedCidrs": both, "latchkey:deniedCidrs": both })).to.deep.equal([
      'latchkey:allowedCidrs has "192.0.2.0/24", and so has deniedCidrs; take it out of one',
    ]);
  });

  it("refuses a way out of a hosted sign-in that has no way in", () => {
    expect(problemsOf({ "latchkey:callbackUrls": "[]" })).to.deep.equal([
      'latchkey:logoutUrls is ["http://localhost:4005/"], but without callbackUrls there is no hosted sign-in to leave; set callbackUrls or empty logoutUrls',
    ]);
  });

  const google = {
    "latchkey:googleClientId": "123-abc.apps.googleusercontent.com",
    "latchkey:googleClientSecret": "GOCSPX-secret",
  };
  const contradictory: Readonly<Record<string, [settings: Record<string, string>, problem: string]>> = {
    "slots beside a rotation": [
      { "latchkey:signingKeyB": "2" },
      "signingKeyDays is 90, but both slots are filled, and a rotation makes keys in the one that signs; set signingKeyDays or the idle slot to 0",
    ],
    "a provider without its secret": [
      { "latchkey:googleClientId": google["latchkey:googleClientId"] },
      "googleClientId is set, but googleClientSecret not; set all of googleClientId, googleClientSecret, or none",
    ],
    "a provider without the rest": [
      { "latchkey:oidcClientId": "latchkey" },
      "oidcClientId is set, but oidcIssuer and oidcClientSecret not; set all of oidcIssuer, oidcClientId, oidcClientSecret, or none",
    ],
    "a provider that nobody can come back from": [
      { ...google, "latchkey:callbackUrls": "[]", "latchkey:logoutUrls": "[]" },
      "googleClientId is set, but no callbackUrls; set where the hosted sign-in may send people back to",
    ],
    "a sign-in domain of one's own without a certificate": [
      { "latchkey:signInDomain": "signin.example.com" },
      'signInDomain is "signin.example.com" and signInCertificateArn ""; a domain of your own needs both, and a prefix no certificate',
    ],
    "a sign-in domain without hosted sign-in": [
      { "latchkey:signInDomain": "photos-acme", "latchkey:callbackUrls": "[]", "latchkey:logoutUrls": "[]" },
      'signInDomain is "photos-acme", but without callbackUrls there is no hosted sign-in; set callbackUrls or empty signInDomain',
    ],
  };
  for (const [what, [settings, problem]] of Object.entries(contradictory)) {
    it(`refuses ${what}`, () => expect(problemsOf(settings)).to.deep.equal([`latchkey:${problem}`]));
  }

  const secrets: [key: string, form: string][] = [
    ["googleClientSecret", "give the client's secret, 8 characters or more and none of them a space"],
    ["oidcClientSecret", "give the client's secret, 8 characters or more and none of them a space"],
    ["applePrivateKey", "give the .p8 file that Apple made, whole"],
  ];
  for (const [key, form] of secrets) {
    it(`does not show a wrong ${key}`, () => {
      expect(problemsOf({ [`latchkey:${key}`]: "hunter 2" })).to.include(
        `latchkey:${key} is not as it must be; ${form}`,
      );
      expect(problemsOf({ [`latchkey:${key}`]: "hunter 2" }).join()).not.to.include("hunter");
    });
  }

  const host = { "latchkey:zone": "example.com", "latchkey:mediaDomain": "media.example.com" };
  const staging = {
    "latchkey:continuousDeploymentPolicy": "policy-1",
    "latchkey:stagingDistribution": "E2QWRUHAPOMQZL",
  };
  const clashing: [what: string, changes: Readonly<Record<string, string>>, problem: string][] = [
    [
      "a domain without a zone",
      { "latchkey:mediaDomain": "media.example.com" },
      'latchkey:mediaDomain is "media.example.com", but zone is empty; set zone to the Route 53 zone that the name is in',
    ],
    [
      "a domain of another zone",
      { ...host, "latchkey:mediaDomain": "media.notexample.com" },
      'latchkey:mediaDomain is "media.notexample.com", which is not in the zone "example.com"; set zone to the Route 53 zone that the name is in',
    ],
    [
      "a zone for nothing",
      { "latchkey:zone": "example.com" },
      'latchkey:zone is "example.com", but nothing is to be in it; set mediaDomain or apiDomain, or empty zone',
    ],
    [
      "an API of another zone",
      { ...host, "latchkey:apiDomain": "api.example.org" },
      'latchkey:apiDomain is "api.example.org", which is not in the zone "example.com"; set zone to the Route 53 zone that the name is in',
    ],
    [
      "one name for media and API",
      { ...host, "latchkey:apiDomain": "media.example.com" },
      'latchkey:apiDomain is "media.example.com", and so is mediaDomain; one name leads to one place, so give one of them another',
    ],
    [
      "one name for API and sign-in",
      {
        "latchkey:zone": "example.com",
        "latchkey:apiDomain": "photos.example.com",
        "latchkey:signInDomain": "photos.example.com",
        "latchkey:signInCertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/1",
      },
      'latchkey:signInDomain is "photos.example.com", and so is apiDomain; one name leads to one place, so give one of them another',
    ],
    [
      "cookies that the media's host never gets",
      { ...host, "latchkey:apiDomain": "api.photos.example.com", "latchkey:cookieDomain": "photos.example.com" },
      'latchkey:cookieDomain is "photos.example.com", but mediaDomain is "media.example.com", which takes no part in its cookies; give both one parent domain',
    ],
    [
      "cookies that the API's host can't set",
      { ...host, "latchkey:cookieDomain": "example.com" },
      'latchkey:cookieDomain is "example.com", but apiDomain is empty, and no name of CloudFront\'s takes part in its cookies; set apiDomain or empty cookieDomain',
    ],
    [
      "an auditor without an id",
      { "latchkey:auditorAccount": "111111111111" },
      'latchkey:auditorAccount is "111111111111", but auditorExternalId is empty; set both or neither',
    ],
    [
      "roles that need no code where nobody does",
      { "latchkey:adminRoles": '["arn:aws:iam::000000000000:role/deploy"]' },
      'latchkey:adminRoles is ["arn:aws:iam::000000000000:role/deploy"], but adminMfa is false, and nobody needs a code; set adminMfa to true or empty adminRoles',
    ],
    [
      "HTTP/3 with continuous deployment",
      staging,
      'latchkey:httpVersion is "http2and3", but CloudFront has no continuous deployment over HTTP/3; set httpVersion to http2, or empty continuousDeploymentPolicy',
    ],
    [
      "continuous deployment without a staging distribution",
      { ...staging, "latchkey:httpVersion": "http2", "latchkey:stagingDistribution": "" },
      'latchkey:continuousDeploymentPolicy is "policy-1", but stagingDistribution is empty; set both or neither',
    ],
  ];
  for (const [what, changes, problem] of clashing) {
    it(`refuses ${what}`, () => expect(problemsOf(changes)).to.deep.equal([problem]));
  }

  for (const stack of ["Prod", "dev.eu", "my_stack", "-dev", "dev-", "a--b", "a-stack-with-a-long-name"]) {
    it(`refuses the stack name ${stack}, and tells all else that is wrong as well`, () => {
      expect(() => readConfig("latchkey", stack, { ...dev, "latchkey:mfa": "sometimes" })).to.throw(
        ConfigError,
        `  The stack is called "${stack}", and S3 would refuse a bucket of that name; use up to 16 lower-case letters and digits, with single hyphens between them\n  latchkey:mfa is`,
      );
    });
  }

  it("says which keys are missing", () => {
    expect(() => readConfig("latchkey", "dev", { "aws:region": "us-east-1" })).to.throw(
      "latchkey:webOrigins is not set; set it, or give it back its default in Pulumi.yaml",
    );
  });
});
