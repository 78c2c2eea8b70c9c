import { expect } from "chai";
import { type Recording, resourcesOf } from "../../local/program/recording.ts";
import { readStackFile, stacksOf } from "../../local/program/stack-file.ts";
import { readConfig } from "../config.ts";
import { declare, json, root, theOne } from "./support/declared.ts";

const rsa = { "latchkey:signingAlgorithm": "RS256" };
const bySlots = { "latchkey:signingKeyDays": "0" };
const rotating = { ...bySlots, "latchkey:signingKeyB": "3", "latchkey:signingKeyActive": "b" };

for (const stack of await stacksOf(root)) {
  describe(`The services, in the stack ${stack}`, () => {
    let recording: Recording;
    before(async () => {
      recording = await declare(stack);
    });

    it("hold no private key, in nothing that the engine ever sees", () => {
      expect(
        JSON.stringify(recording.resources.filter(({ type }) => type !== "aws:lambda/function:Function")),
      ).not.to.match(/PRIVATE KEY|privateKey/);
    });

    it("give CloudFront public keys that end in one newline", () => {
      for (const { inputs } of resourcesOf(recording, "aws:cloudfront/publicKey:PublicKey")) {
        expect(inputs.encodedKey).to.match(
          /^-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/=]+\n)+-----END PUBLIC KEY-----\n$/,
        );
      }
    });

    it("run functions on arm64 and the current Node, each with its own role and its own log, which ends", () => {
      const functions = resourcesOf(recording, "aws:lambda/function:Function");
      expect(functions.map(({ name }) => name)).to.have.members([
        "latchkey-signer-key-maker",
        "latchkey-rotation-function",
        "latchkey-renditions-worker",
        "latchkey-reconciler-job",
        "latchkey-api-origin-maker",
        "latchkey-api",
      ]);
      for (const { inputs } of functions) {
        expect(inputs).to.deep.include({
          architectures: ["arm64"],
          runtime: "nodejs24.x",
          handler: "index.handler",
          tracingConfig: { mode: "Active" },
        });
      }
      expect(new Set(functions.map(({ inputs }) => inputs.role)).size).to.equal(functions.length);
      expect(new Set(functions.map(({ inputs }) => JSON.stringify(inputs.loggingConfig))).size).to.equal(
        functions.length,
      );
      for (const { inputs } of resourcesOf(recording, "aws:cloudwatch/logGroup:LogGroup")) {
        expect(inputs.retentionInDays).to.be.greaterThan(0);
      }
    });

    const hourly: [what: string, job: string, schedule: string, input: string][] = [
      ["the reconciler", "latchkey-reconciler-job", "latchkey-reconciler", "{}"],
      ["what retires signing keys", "latchkey-rotation-function", "latchkey-rotation-retire", '{"retire":true}'],
    ];
    for (const [what, job, schedule, input] of hourly) {
      it(`run ${what} every hour, as a role that may do no more`, () => {
        const role = theOne(recording, "aws:iam/role:Role", `${schedule}-schedule-role`);
        expect(theOne(recording, "aws:scheduler/schedule:Schedule", `${schedule}-schedule`).inputs).to.deep.include({
          scheduleExpression: "rate(60 minutes)",
          flexibleTimeWindow: { mode: "OFF" },
          target: {
            arn: theOne(recording, "aws:lambda/function:Function", job).outputs.arn,
            roleArn: role.outputs.arn,
            input,
            retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 300 },
          },
        });
      });
    }

    it("rotate the signing key by a function that Secrets Manager may run for this secret, and for no other", async () => {
      const { config } = await readStackFile(root, stack);
      const { signingKeyDays, signingKeySettleSeconds } = readConfig("latchkey", stack, config);
      const rotate = theOne(recording, "aws:lambda/function:Function", "latchkey-rotation-function");
      const secretArn = theOne(recording, "aws:secretsmanager/secret:Secret", "latchkey-signer-a").outputs.arn;
      const permission = theOne(recording, "aws:lambda/permission:Permission", "latchkey-rotation-permission");
      expect(permission.inputs).to.deep.include({
        principal: "secretsmanager.amazonaws.com",
        sourceArn: secretArn,
        sourceAccount: recording.accountId,
      });
      const rotation = theOne(recording, "aws:secretsmanager/secretRotation:SecretRotation");
      expect(rotation.dependsOn).to.include(permission.urn);
      expect(rotation.inputs).to.deep.equal({
        secretId: secretArn,
        rotationLambdaArn: rotate.outputs.arn,
        rotateImmediately: false,
        rotationRules: { automaticallyAfterDays: signingKeyDays },
      });
      expect(rotate.inputs.environment).to.deep.equal({
        variables: {
          LATCHKEY_SIGNING_SECRET_ARN: secretArn,
          LATCHKEY_SIGNING_KEY_ID: theOne(recording, "aws:cloudfront/publicKey:PublicKey").id,
          LATCHKEY_KEY_GROUP_ID: recording.outputs.keyGroupId,
          LATCHKEY_MEDIA_URL: `https://${recording.outputs.mediaDomain}`,
          // Two windows of 900 s, and twenty minutes.
          LATCHKEY_TRUSTED_SECONDS: "3000",
          LATCHKEY_PROOF_SECONDS: String(840 - signingKeySettleSeconds),
          LATCHKEY_SETTLE_SECONDS: String(signingKeySettleSeconds),
        },
      });
    });

    it("let nobody but Lambda take on a role, but for those of uploads, of the schedules and of the trail", () => {
      const trusted = new Map(
        resourcesOf(recording, "aws:iam/role:Role").map((role) => [
          role.name,
          json(role, "assumeRolePolicy").Statement,
        ]),
      );
      const api = theOne(recording, "aws:iam/role:Role", "latchkey-api-role").outputs.arn;
      expect(trusted.get("latchkey-api-upload-role")).to.deep.equal([
        { Sid: "AllowRole", Effect: "Allow", Principal: { AWS: api }, Action: "sts:AssumeRole" },
      ]);
      for (const schedule of ["latchkey-reconciler", "latchkey-rotation-retire"]) {
        expect(trusted.get(`${schedule}-schedule-role`)).to.deep.equal([
          {
            Sid: "AllowSchedules",
            Effect: "Allow",
            Principal: { Service: "scheduler.amazonaws.com" },
            Action: "sts:AssumeRole",
            Condition: {
              StringEquals: {
                "aws:SourceArn": theOne(recording, "aws:scheduler/scheduleGroup:ScheduleGroup", `${schedule}-group`)
                  .outputs.arn,
                "aws:SourceAccount": recording.accountId,
              },
            },
          },
        ]);
        trusted.delete(`${schedule}-schedule-role`);
      }
      expect(trusted.get("latchkey-identity-uploads-role")).to.deep.equal([
        {
          Sid: "AllowSignedInUsers",
          Effect: "Allow",
          Principal: { Federated: "cognito-identity.amazonaws.com" },
          Action: ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
          Condition: {
            StringEquals: { "cognito-identity.amazonaws.com:aud": recording.outputs.identityPoolId },
            "ForAnyValue:StringEquals": { "cognito-identity.amazonaws.com:amr": "authenticated" },
          },
        },
      ]);
      expect(trusted.get("latchkey-audit-role")).to.deep.equal([
        {
          Sid: "AllowTrail",
          Effect: "Allow",
          Principal: { Service: "cloudtrail.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: {
            StringEquals: { "aws:SourceArn": theOne(recording, "aws:cloudtrail/trail:Trail").outputs.arn },
          },
        },
      ]);
      trusted.delete("latchkey-audit-role");
      trusted.delete("latchkey-api-upload-role");
      trusted.delete("latchkey-identity-uploads-role");
      for (const [name, statements] of trusted) {
        expect(statements, name).to.deep.equal([
          {
            Sid: "AllowService",
            Effect: "Allow",
            Principal: { Service: "lambda.amazonaws.com" },
            Action: "sts:AssumeRole",
          },
        ]);
      }
    });

    const queues = ["latchkey-renditions-queue", "latchkey-renditions-queue-removals"];
    const queueNamed = (name: string) => theOne(recording, "aws:sqs/queue:Queue", name);

    for (const name of queues) {
      it(`hand a batch of ${name} out again only when the worker can't be at it any more`, () => {
        const { timeout } = theOne(recording, "aws:lambda/function:Function", "latchkey-renditions-worker").inputs;
        expect(queueNamed(name).inputs.visibilityTimeoutSeconds).to.be.at.least(6 * Number(timeout));
      });

      it(`put a poison message of ${name} aside, encrypted, for as long as its bytes are kept`, () => {
        const deadLetters = queueNamed("latchkey-renditions-queue-dead-letters");
        expect(json(queueNamed(name), "redrivePolicy")).to.deep.equal({
          deadLetterTargetArn: deadLetters.outputs.arn,
          maxReceiveCount: 10,
        });
        const kmsMasterKeyId = theOne(recording, "aws:kms/key:Key", "latchkey-key").outputs.arn;
        expect(deadLetters.inputs).to.deep.include({ kmsMasterKeyId, messageRetentionSeconds: 1_209_600 });
        expect(queueNamed(name).inputs).to.include({ kmsMasterKeyId });
      });
    }

    it("let nobody else's messages among the dead letters", () => {
      const allow = json(theOne(recording, "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"), "redriveAllowPolicy");
      const sourceQueueArns = queues.map((name) => queueNamed(name).outputs.arn);
      expect(allow).to.deep.equal({ redrivePermission: "byQueue", sourceQueueArns });
    });

    it("take uploads one by one, and deletions together and not behind them", () => {
      const mappings = resourcesOf(recording, "aws:lambda/eventSourceMapping:EventSourceMapping");
      const [uploads, removals] = queues.map((name) => queueNamed(name).outputs.arn);
      expect(mappings.map(({ inputs }) => [inputs.eventSourceArn, inputs.batchSize])).to.deep.equal([
        [uploads, 1],
        [removals, 100],
      ]);
      for (const { inputs } of mappings) {
        expect(inputs.functionResponseTypes).to.deep.equal(["ReportBatchItemFailures"]);
      }
    });

    it("hear of uploads, of uploads taken back and of deleted originals, but never of the worker's own writing", () => {
      const { inputs, dependsOn } = theOne(recording, "aws:s3/bucketNotification:BucketNotification");
      const [uploads, removals] = queues.map((name) => queueNamed(name).outputs.arn);
      expect(inputs.queues).to.deep.equal([
        { queueArn: uploads, events: ["s3:ObjectCreated:*"], filterPrefix: "uploads/" },
        { queueArn: removals, events: ["s3:ObjectRemoved:DeleteMarkerCreated"], filterPrefix: "uploads/" },
        { queueArn: removals, events: ["s3:ObjectRemoved:*"], filterPrefix: "originals/" },
      ]);
      const policies = resourcesOf(recording, "aws:sqs/queuePolicy:QueuePolicy");
      expect(dependsOn).to.include.members(policies.map(({ urn }) => urn));
    });

    it("tell the signing API all that it must know", async () => {
      const { webOrigins, ratePerUser, ratePerAddress, cookieDomain } = readConfig(
        "latchkey",
        stack,
        (await readStackFile(root, stack)).config,
      );
      const { environment, roleArn } = theOne(recording, "latchkey:api:SigningApi").outputs;
      const outputs = recording.outputs;
      expect(roleArn).to.equal(theOne(recording, "aws:iam/role:Role", "latchkey-api-role").outputs.arn);
      expect(environment).to.deep.equal({
        LATCHKEY_BUCKET: outputs.bucketName,
        LATCHKEY_TABLE: outputs.tableName,
        LATCHKEY_MEDIA_URL: `https://${outputs.mediaDomain}`,
        LATCHKEY_SIGNING_KEY_ID: theOne(recording, "aws:cloudfront/publicKey:PublicKey").id,
        LATCHKEY_SIGNING_SECRET_ARN: theOne(recording, "aws:secretsmanager/secret:Secret", "latchkey-signer-a").outputs
          .arn,
        LATCHKEY_ISSUER: `https://cognito-idp.${recording.region}.amazonaws.com/${outputs.userPoolId}`,
        LATCHKEY_CLIENT_ID: outputs.userPoolClientId,
        LATCHKEY_UPLOAD_ROLE_ARN: theOne(recording, "aws:iam/role:Role", "latchkey-api-upload-role").outputs.arn,
        LATCHKEY_RATE_PER_USER: String(ratePerUser),
        LATCHKEY_RATE_PER_ADDRESS: String(ratePerAddress),
        LATCHKEY_URL_WINDOW_SECONDS: "900",
        LATCHKEY_UPLOAD_SECONDS: "900",
        LATCHKEY_MAX_UPLOAD_BYTES: "5000000000",
        LATCHKEY_MULTIPART_DAYS: "7",
        LATCHKEY_TRANSFER_ACCELERATION: "false",
        LATCHKEY_QUOTA_BYTES: "50000000000",
        LATCHKEY_QUOTA_PHOTOS: "100000",
        LATCHKEY_LINK_DAYS: "30",
        LATCHKEY_COOKIE_DOMAIN: cookieDomain,
        LATCHKEY_ALLOWED_TYPES:
          "image/jpeg,image/png,image/webp,image/avif,image/gif,image/heic,image/heif,video/mp4,video/quicktime,video/webm",
        LATCHKEY_WEB_ORIGINS: webOrigins.join(","),
        LATCHKEY_ORIGIN_SECRET_ARN: theOne(recording, "aws:secretsmanager/secret:Secret", "latchkey-api-origin").outputs
          .arn,
        LATCHKEY_ANSWER_SECONDS: "25",
      });
      expect(theOne(recording, "aws:lambda/function:Function", "latchkey-api").inputs).to.deep.include({
        environment: { variables: environment },
        timeout: 29,
      });
    });

    it("tell the worker all that it must know", () => {
      const worker = theOne(recording, "aws:lambda/function:Function", "latchkey-renditions-worker");
      const urls = queues.map((name) => queueNamed(name).outputs.url);
      expect(worker.inputs.environment).to.deep.equal({
        variables: {
          LATCHKEY_BUCKET: recording.outputs.bucketName,
          LATCHKEY_TABLE: recording.outputs.tableName,
          LATCHKEY_QUEUE_URLS: urls.join(","),
          LATCHKEY_TOPIC_ARN: recording.outputs.topicArn,
          LATCHKEY_DISTRIBUTION_ID: theOne(recording, "aws:cloudfront/distribution:Distribution", "latchkey-cdn").id,
          LATCHKEY_SCANNED: "false",
          LATCHKEY_MAX_PIXELS: "120000000",
          LATCHKEY_RENDITION_FORMATS: "",
        },
      });
    });
  });
}

describe("The services", () => {
  const scratch: [maxUploadBytes: string, megabytes: number, seconds: number][] = [
    ["1", 522, 121],
    ["5368709120", 5642, 657],
  ];
  for (const [maxUploadBytes, size, timeout] of scratch) {
    it(`give the worker room and time for an upload of ${maxUploadBytes} bytes`, async () => {
      const recording = await declare("dev", { "latchkey:maxUploadBytes": maxUploadBytes });
      const { inputs } = theOne(recording, "aws:lambda/function:Function", "latchkey-renditions-worker");
      expect(inputs).to.deep.include({ ephemeralStorage: { size }, timeout });
    });
  }

  it("rotate nothing by themselves where the slots are to do it", async () => {
    const recording = await declare("dev", bySlots);
    expect(resourcesOf(recording, "aws:secretsmanager/secretRotation:SecretRotation")).to.deep.equal([]);
  });

  it("take either algorithm for signing keys", async () => {
    const made = theOne(await declare("dev", rsa), "aws:lambda/invocation:Invocation", "latchkey-signer-a-made");
    expect(json(made, "input")).to.deep.include({ generation: 1, algorithm: "RS256" });
  });

  it("sign with one slot while the other one's URLs are still good", async () => {
    const recording = await declare("dev", rotating);
    const keys = resourcesOf(recording, "aws:cloudfront/publicKey:PublicKey");
    expect(keys).to.have.lengthOf(2);
    expect(theOne(recording, "aws:cloudfront/keyGroup:KeyGroup").inputs.items).to.have.members(
      keys.map(({ id }) => id),
    );
    const made = theOne(recording, "aws:lambda/invocation:Invocation", "latchkey-signer-b-made");
    const secretArn = theOne(recording, "aws:secretsmanager/secret:Secret", "latchkey-signer-b").outputs.arn;
    expect(json(made, "input")).to.deep.equal({ secretArn, generation: 3, algorithm: "ES256" });
    expect(theOne(recording, "latchkey:api:SigningApi").outputs.environment).to.deep.include({
      LATCHKEY_SIGNING_KEY_ID: keys.find(({ name }) => name.includes("-b-"))?.id,
      LATCHKEY_SIGNING_SECRET_ARN: secretArn,
    });
  });
});
