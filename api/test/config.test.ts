import { expect } from "chai";
import { parseConfig } from "../config.ts";
import { exampleEnvironment } from "../example-environment.ts";

describe("The configuration of the API", () => {
  it("is read from the environment, whatever else is there", () => {
    const config = parseConfig({ ...exampleEnvironment, PATH: "/usr/bin", AWS_SECRET_ACCESS_KEY: "not ours" });
    expect(config).to.include({ LATCHKEY_BUCKET: "latchkey-media", LATCHKEY_URL_WINDOW_SECONDS: 900, PORT: 4000 });
    expect(config.LATCHKEY_ALLOWED_TYPES).to.deep.equal(new Set(["image/jpeg", "image/png", "image/webp"]));
    expect(config.LATCHKEY_WEB_ORIGINS).to.deep.equal(["https://photos.example.com"]);
    expect(config).not.to.have.any.keys("PATH", "AWS_SECRET_ACCESS_KEY");
  });

  it("has no web origins unless it is told of some", () => {
    for (const LATCHKEY_WEB_ORIGINS of ["", undefined]) {
      expect(parseConfig({ ...exampleEnvironment, LATCHKEY_WEB_ORIGINS }).LATCHKEY_WEB_ORIGINS).to.deep.equal([]);
    }
  });

  const bad: [string, string][] = [
    ["LATCHKEY_BUCKET", "Not A Bucket"],
    ["LATCHKEY_MEDIA_URL", "http://media.example.com"],
    ["LATCHKEY_MEDIA_URL", "https://media.example.com/"],
    ["LATCHKEY_MEDIA_URL", "https://user@media.example.com"],
    ["LATCHKEY_ISSUER", "http://issuer.example.com"],
    ["LATCHKEY_ISSUER", "http://127.0.0.1.evil.example"],
    ["LATCHKEY_SIGNING_SECRET_ARN", "signing-a"],
    ["LATCHKEY_URL_WINDOW_SECONDS", "59"],
    ["LATCHKEY_URL_WINDOW_SECONDS", "900s"],
    ["LATCHKEY_UPLOAD_SECONDS", "901"],
    ["LATCHKEY_TRANSFER_ACCELERATION", "yes"],
    ["LATCHKEY_MAX_UPLOAD_BYTES", "0"],
    ["LATCHKEY_MAX_UPLOAD_BYTES", "1.5"],
    ["LATCHKEY_ALLOWED_TYPES", ""],
    ["LATCHKEY_ALLOWED_TYPES", "image/jpeg, image/png"],
    ["LATCHKEY_WEB_ORIGINS", "*"],
    ["LATCHKEY_WEB_ORIGINS", "https://a.example/path"],
    ["LATCHKEY_RATE_PER_USER", "0"],
    ["LATCHKEY_TRUSTED_PROXIES", "proxy.example.com"],
    ["LATCHKEY_TRUSTED_PROXIES", "10.0.0.0/33"],
    ["LATCHKEY_TRUSTED_PROXIES", "10.0.0.0/8, fd00::/8"],
    ["LATCHKEY_LOG_LEVEL", "loud"],
    ["PORT", "65536"],
  ];
  for (const [name, value] of bad) {
    it(`refuses ${name}=${value}, and says what it must be`, () => {
      expect(() => parseConfig({ ...exampleEnvironment, [name]: value })).to.throw(
        new RegExp(
          `^The environment .*\\n  ${name} is ${JSON.stringify(value).replace(/[*.]/g, "\\$&")}; it must be .+$`,
        ),
      );
    });
  }

  for (const loopback of ["http://127.0.0.1:4001", "http://localhost:4001", "http://[::1]:4001"]) {
    it(`takes ${loopback}, which never leaves the machine, for TLS`, () => {
      expect(parseConfig({ ...exampleEnvironment, LATCHKEY_MEDIA_URL: loopback })).to.include({
        LATCHKEY_MEDIA_URL: loopback,
      });
    });
  }

  it("tells every problem at once", () => {
    expect(() => parseConfig({ PORT: "many" })).to.throw(
      /LATCHKEY_BUCKET is not set[\s\S]*LATCHKEY_CLIENT_ID is not set[\s\S]*PORT is "many"/,
    );
  });
});
