import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import Fastify, { type FastifyInstance } from "fastify";
import { createJwtVerifier } from "../../../api/adapters/jwt-verifier.ts";
import { createPhotoIds } from "../../../api/adapters/photo-ids.ts";
import { resolveBucketAddress } from "../../../api/adapters/s3-bucket-address.ts";
import { createS3Presigner } from "../../../api/adapters/s3-presigner.ts";
import { createTokenCache } from "../../../api/adapters/token-cache.ts";
import { app } from "../../../api/app.ts";
import type { TokenVerifier } from "../../../api/domain/ports.ts";
import { createReservePhotos } from "../../../api/domain/use-cases/reserve-photos.ts";
import { authenticate } from "../../../api/plugins/authenticate.ts";
import { serverOptions } from "../../../api/server-options.ts";
import { exampleBucket, exampleClientId, exampleCredentials, exampleUpload } from "../examples.ts";
import { portOf } from "./issuer.ts";
import { openLoad } from "./load.ts";

export type ServerName = keyof typeof servers;

const [name = "", issuer = "", token = ""] = process.argv.slice(2);
const uploadSeconds = 900;
const now = () => new Date();
const newId = createPhotoIds(now);
const s3 = new S3Client({
  region: "eu-central-1",
  credentials: exampleCredentials,
  requestChecksumCalculation: "WHEN_REQUIRED",
});
const bucket = await resolveBucketAddress(s3, exampleBucket);

const { key: _, ...announced } = exampleUpload;
const hello = http("GET /hello");
const reserve = http("POST /v1/photos", JSON.stringify(announced));

/** What is measured: a server, and the request that it is sent. */
const servers = {
  /** What Fastify costs by itself. */
  plain: () => ({ server: addHello(Fastify()), request: hello }),
  signedIn: () => ({ server: addHello(signedIn(cachedVerifier())), request: hello }),
  /** The usual way: jose verifies the token of every request. */
  signedInByJose: () => ({ server: addHello(signedIn(joseVerifier())), request: hello }),
  /** As much in and out as an upload takes, and nothing done for it. */
  plainUpload: () => ({ server: addCannedUpload(Fastify()), request: reserve }),
  upload: () => ({ server: api(), request: reserve }),
  uploadBySdk: () => ({ server: addUploadBySdk(signedIn(joseVerifier())), request: reserve }),
};

function http(target: string, body?: string): string {
  const entity = body === undefined ? "" : `content-type: application/json\r\ncontent-length: ${body.length}\r\n`;
  return `${target} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\n${entity}\r\n${body ?? ""}`;
}

function signedIn(verifier: TokenVerifier): FastifyInstance {
  const server = Fastify();
  server.register(authenticate, { verifier });
  return server;
}

function joseVerifier(): TokenVerifier {
  const verify = createJwtVerifier({ issuer, clientId: exampleClientId });
  return { verify: async (token) => (await verify(token)).viewer };
}

function cachedVerifier(): TokenVerifier {
  return createTokenCache({ verify: createJwtVerifier({ issuer, clientId: exampleClientId }) });
}

function addHello(server: FastifyInstance): FastifyInstance {
  const response = { 200: { type: "object", properties: { hello: { type: "string" } } } };
  server.register(async (scope) => {
    scope.get("/hello", { schema: { response } }, async () => ({ hello: "world" }));
  });
  return server;
}

/** Answers about as many bytes as a presigned request with its photo has. */
function addCannedUpload(server: FastifyInstance): FastifyInstance {
  const upload = { method: "PUT", url: `https://${bucket.host}/${exampleUpload.key}?${"x".repeat(1500)}` };
  server.register(async (scope) => {
    scope.post<{ Body: typeof announced }>("/v1/photos", async (request, reply) =>
      reply.code(201).send({ photo: { id: newId(), ...request.body }, upload }),
    );
  });
  return server;
}

/** The API as it is, its log written to nowhere, on a store that keeps nothing. */
function api(): FastifyInstance {
  const notMeasured = () => Promise.reject(new Error("This server only reserves uploads"));
  const server = Fastify(serverOptions({ level: "info", stream: { write: () => undefined } }));
  server.register(app, {
    verifier: cachedVerifier(),
    reservePhotos: createReservePhotos({
      store: { reserve: async () => undefined },
      presigner: createS3Presigner({ bucket, credentials: async () => exampleCredentials }),
      newId,
      now,
      limits: { maxBytes: exampleUpload.size, contentTypes: new Set([exampleUpload.contentType]), uploadSeconds },
    }),
    completePhoto: notMeasured,
    changePhoto: notMeasured,
    listPhotos: notMeasured,
    issueUrls: notMeasured,
    issueDeleteUrl: notMeasured,
    readiness: notMeasured,
    webOrigins: [],
  });
  return server;
}

function addUploadBySdk(server: FastifyInstance): FastifyInstance {
  server.register(async (scope) => {
    scope.post<{ Body: typeof announced }>("/v1/photos", async (request, reply) => {
      const { contentType, size, sha256 } = request.body;
      const id = newId();
      const command = new PutObjectCommand({
        Bucket: exampleBucket,
        Key: `uploads/${request.viewer.userId}/${id}`,
        ContentType: contentType,
        ContentLength: size,
        ChecksumSHA256: sha256,
        IfNoneMatch: "*",
      });
      const url = await getSignedUrl(s3, command, {
        expiresIn: uploadSeconds,
        signableHeaders: new Set(["host", "content-length", "content-type", "if-none-match", "x-amz-checksum-sha256"]),
        unhoistableHeaders: new Set(["x-amz-checksum-sha256"]),
      });
      const photo = { id, contentType, size, status: "pending", createdAt: now() };
      return reply.code(201).send({ photo, upload: { method: "PUT", url } });
    });
  });
  return server;
}

function isServerName(name: string): name is ServerName {
  return name in servers;
}

if (!isServerName(name)) throw new Error(`No such server to measure: ${name}`);
const { server, request } = servers[name]();
await server.listen({ host: "127.0.0.1", port: 0 });
const load = await openLoad(portOf(server.server.address()), request);

process.on("message", async (times: number) => {
  const start = process.cpuUsage();
  await load.send(times);
  const { user, system } = process.cpuUsage(start);
  process.send?.((user + system) / times);
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
