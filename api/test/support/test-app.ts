import { generateKeyPairSync } from "node:crypto";
import Fastify, { type FastifyInstance, type InjectOptions, type LightMyRequestResponse } from "fastify";
import { recordedBucket, startTestS3, type TestS3 } from "../../../local/test/support/test-s3.ts";
import { createCloudFrontUrlSigner } from "../../adapters/cloudfront-url-signer.ts";
import { createJwtVerifier } from "../../adapters/jwt-verifier.ts";
import { createS3MultipartUploads } from "../../adapters/s3-multipart.ts";
import { createS3Presigner } from "../../adapters/s3-presigner.ts";
import { createStsUploadAccess } from "../../adapters/sts-upload-access.ts";
import { createTokenCache } from "../../adapters/token-cache.ts";
import { app } from "../../app.ts";
import { compileAtStart, type SchemaController } from "../../compilers/at-start.ts";
import type { Adapters } from "../../compose/adapters.ts";
import { createStores } from "../../compose/stores.ts";
import { wire } from "../../compose.ts";
import { parseConfig } from "../../config.ts";
import type { Photo } from "../../domain/photo.ts";
import { exampleEnvironment } from "../../example-environment.ts";
import { serverOptions } from "../../server-options.ts";
import { type Issuer, startIssuer } from "../adapters/support/issuer.ts";
import { aPhoto, noon, noQuota } from "./a-photo.ts";
import { type Answer, expectDocumented } from "./documented.ts";
import { startTestDynamoDb, type TestDynamoDb } from "./dynamodb.ts";
import { startTestSts } from "./sts.ts";

export const clientId = exampleEnvironment.LATCHKEY_CLIENT_ID;

/** The public half verifies what the app signs. */
export const signingKey = generateKeyPairSync("ec", { namedCurve: "P-256" });

export interface TestApp {
  readonly server: FastifyInstance;
  readonly issuer: Issuer;
  /** What the app keeps things in, unless `override` took its place. */
  readonly stores: ReturnType<typeof createStores>;
  /** A bucket of its own that the app begins multipart uploads in. */
  readonly s3: TestS3;
  readonly database: TestDynamoDb;
  readonly routes: readonly { readonly method: string; readonly url: string }[];
  /** The lines that the app logged. */
  readonly logged: readonly string[];
  /** What the app takes the time to be. */
  now: Date;
  token(userId: string, groups?: readonly string[]): Promise<string>;
  /** Asks as a signed-in user, or as nobody. */
  ask(userId: string | undefined, request: InjectOptions, groups?: readonly string[]): Promise<LightMyRequestResponse>;
  /** Stores a photo as it is, without the way it took there. */
  keep(overrides?: Partial<Photo>): Promise<Photo>;
  /** Also expects that OpenAPI declares every status and body that the app answered. */
  close(): Promise<void>;
}

/** The app with its own adapters on the local DynamoDB, and an issuer on loopback; whatever is given in `override` takes an adapter's place, in `environment` a setting's. */
export async function startTestApp(
  override: Partial<Adapters> = {},
  environment: Readonly<Record<string, string>> = {},
  schemaController: SchemaController = compileAtStart(),
): Promise<TestApp> {
  const issuer = await startIssuer();
  const logged: string[] = [];
  const now = () => test.now;
  const database = await startTestDynamoDb();
  const sts = await startTestSts();
  const stores = createStores({ client: database.client, tableName: database.tableName, now });
  const s3 = await startTestS3(recordedBucket(exampleEnvironment.LATCHKEY_BUCKET));
  const signer = createCloudFrontUrlSigner({
    keyId: exampleEnvironment.LATCHKEY_SIGNING_KEY_ID,
    privateKey: signingKey.privateKey,
  });
  const config = parseConfig({ ...exampleEnvironment, ...environment });
  const answers: Answer[] = [];
  const server = Fastify(
    serverOptions({
      schemaController,
      level: config.LATCHKEY_LOG_LEVEL,
      stream: { write: (line) => logged.push(line) },
      trustedProxies: config.LATCHKEY_TRUSTED_PROXIES,
    }),
  );
  const routes: { method: string; url: string }[] = [];
  server.addHook("onRoute", ({ method, url }) => {
    for (const each of [method].flat()) routes.push({ method: each, url });
  });
  server.addHook("onSend", async (request, reply, payload) => {
    const { url } = request.routeOptions;
    if (url) answers.push({ method: request.method, url, status: reply.statusCode, body: String(payload ?? "") });
  });
  await server.register(
    app,
    wire(config, {
      ...stores,
      presigner: createS3Presigner({
        bucket: {
          name: "latchkey-media",
          origin: "https://latchkey-media.s3.eu-central-1.amazonaws.com",
          host: "latchkey-media.s3.eu-central-1.amazonaws.com",
          path: "",
          region: config.AWS_REGION,
        },
        credentials: async () => ({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" }),
        now,
      }),
      uploads: createS3MultipartUploads({
        client: s3.client(s3.account.admin, { requestChecksumCalculation: "WHEN_REQUIRED" }),
        bucket: exampleEnvironment.LATCHKEY_BUCKET,
      }),
      issueUploadAccess: createStsUploadAccess({
        client: sts.client,
        roleArn: sts.uploadRoleArn,
        bucket: config.LATCHKEY_BUCKET,
        region: config.AWS_REGION,
      }),
      verifier: createTokenCache({ verify: createJwtVerifier({ issuer: issuer.url, clientId, now }), now }),
      currentSigner: async () => signer,
      now,
      ...override,
    }),
  );
  await server.ready();

  const test: TestApp = {
    server,
    issuer,
    stores,
    s3,
    database,
    routes,
    logged,
    now: noon,
    token: (userId, groups = []) =>
      issuer.sign({
        iss: issuer.url,
        sub: userId,
        "cognito:groups": groups,
        token_use: "access",
        client_id: clientId,
        exp: Math.floor(test.now.getTime() / 1000) + 3600,
      }),
    async ask(userId, request, groups) {
      const authorization = userId && { authorization: `Bearer ${await test.token(userId, groups)}` };
      return server.inject({ ...request, headers: { ...authorization, ...request.headers } });
    },
    async keep(overrides) {
      const photo = aPhoto(overrides);
      await stores.photos.reserve([photo], noQuota);
      return photo;
    },
    async close() {
      await server.close();
      await issuer.close();
      await database.close();
      await sts.close();
      await s3.close();
      expectDocumented(server.swagger(), answers);
    },
  };
  return test;
}
