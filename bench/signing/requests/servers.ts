import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import Fastify, { type FastifyInstance } from "fastify";
import { createJwtVerifier } from "../../../api/adapters/jwt-verifier.ts";
import { createPhotoIds } from "../../../api/adapters/photo-ids.ts";
import { resolveBucketAddress } from "../../../api/adapters/s3-bucket-address.ts";
import { createS3Presigner } from "../../../api/adapters/s3-presigner.ts";
import { createTokenCache } from "../../../api/adapters/token-cache.ts";
import { type AppOptions, app } from "../../../api/app.ts";
import { compileAtStart } from "../../../api/compilers/at-start.ts";
import type { Adapters } from "../../../api/compose/adapters.ts";
import { wire } from "../../../api/compose.ts";
import { parseConfig } from "../../../api/config.ts";
import type { TokenVerifier } from "../../../api/domain/ports/sign-in.ts";
import { createIssueUploads } from "../../../api/domain/use-cases/photos/issue-uploads.ts";
import { createReservePhotos, type ReservePhotos } from "../../../api/domain/use-cases/photos/reserve-photos.ts";
import { createReserveUploads } from "../../../api/domain/use-cases/photos/reserve-uploads.ts";
import { exampleEnvironment } from "../../../api/example-environment.ts";
import { authenticate } from "../../../api/plugins/authenticate.ts";
import { serverOptions } from "../../../api/server-options.ts";
import type { Operation } from "../../isolated.ts";
import { exampleIssueUrls, examplePhotos } from "../example-album.ts";
import { exampleBucket, exampleClientId, exampleCredentials, exampleUpload } from "../examples.ts";
import { portOf } from "./issuer.ts";
import { openLoad } from "./load.ts";

export type ServerName = keyof typeof operations;

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

/** Each server and its client; the parameters are the issuer and a token of the issuer's. */
export const operations = {
  /** What Fastify costs by itself, with the settings that it comes with: no log, no hooks. The reply is the same for all three. */
  plain: (_issuer, token) => askHello(Fastify(), token),
  signedIn: (issuer, token) => askHello(signedIn(cachedVerifier(issuer)), token),
  /** The usual way: jose verifies the token of every request. */
  signedInByJose: (issuer, token) => askHello(signedIn(joseVerifier(issuer)), token),
  /** As much in and out as an upload takes, and nothing done for it: no token, no check, no log, no headers but Fastify's own. */
  plainUpload: (_issuer, token) => askUpload(addCannedUpload(Fastify()), token),
  upload: (issuer, token) => askUpload(api(issuer, { reservePhotos: reserveNowhere() }), token),
  uploadBySdk: (issuer, token) => askUpload(addUploadBySdk(signedIn(joseVerifier(issuer))), token),
  /** The URLs of an album of `count` photos at once. */
  urls: (issuer, token, count) => {
    const photos = examplePhotos(Number(count));
    const items = photos.map(({ id }) => ({ photoId: id, rendition: "640" }));
    const server = api(issuer, { issueUrls: exampleIssueUrls(photos) });
    return ask(server, "POST /v1/urls", token, JSON.stringify({ items }));
  },
} satisfies Record<string, (issuer: string, token: string, count: string) => Promise<Operation>>;

function askHello(server: FastifyInstance, token: string): Promise<Operation> {
  return ask(addHello(server), "GET /hello", token);
}

function askUpload(server: FastifyInstance, token: string): Promise<Operation> {
  return ask(server, "POST /v1/photos", token, JSON.stringify(announced));
}

async function ask(server: FastifyInstance, target: string, token: string, body?: string): Promise<Operation> {
  await server.listen({ host: "127.0.0.1", port: 0 });
  const entity = body === undefined ? "" : `content-type: application/json\r\ncontent-length: ${body.length}\r\n`;
  const head = `${target} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\n${entity}\r\n`;
  return openLoad(portOf(server.server.address()), head + (body ?? ""));
}

function signedIn(verifier: TokenVerifier): FastifyInstance {
  const server = Fastify();
  server.register(authenticate, { verifier });
  return server;
}

function joseVerifier(issuer: string): TokenVerifier {
  const verify = createJwtVerifier({ issuer, clientId: exampleClientId });
  return { verify: async (token) => (await verify(token)).viewer };
}

function cachedVerifier(issuer: string): TokenVerifier {
  return createTokenCache({ verify: createJwtVerifier({ issuer, clientId: exampleClientId }) });
}

function addHello(server: FastifyInstance): FastifyInstance {
  const response = { 200: { type: "object", properties: { hello: { type: "string" } } } };
  server.register(async (scope) => {
    scope.get("/hello", { schema: { response } }, async () => ({ hello: "world" }));
  });
  return server;
}

/** Answers a body of as many bytes as the API does, a new one each time. */
function addCannedUpload(server: FastifyInstance): FastifyInstance {
  const upload = { method: "PUT", url: `https://${bucket.host}/${exampleUpload.key}?${"x".repeat(1680)}` };
  server.register(async (scope) => {
    scope.post<{ Body: typeof announced }>("/v1/photos", async (request, reply) =>
      reply.code(201).send({ photo: { id: newId(), ...request.body }, upload }),
    );
  });
  return server;
}

/** The API as it is, its log written to nowhere. */
function api(issuer: string, measured: Partial<AppOptions>): FastifyInstance {
  const server = Fastify(
    serverOptions({ schemaController: compileAtStart(), level: "info", stream: { write: () => undefined } }),
  );
  server.register(app, {
    ...wire(parseConfig(exampleEnvironment), unmeasured),
    verifier: cachedVerifier(issuer),
    ...measured,
  });
  return server;
}

/** Stands for every adapter of what is not measured: wiring keeps them, and only an answer would call one. The clock is the limits' too, and there is no edge in front. */
const unmeasured: Adapters = new Proxy({ now, knowsEdge: undefined } as Adapters, {
  get: (given, name) =>
    name in given ? Reflect.get(given, name) : () => Promise.reject(new Error("This use case is not measured")),
});

/** On a store that keeps nothing. */
function reserveNowhere(): ReservePhotos {
  return createReservePhotos({
    reserveUploads: createReserveUploads({
      photos: { reserve: async (photos) => [...photos] },
      relations: { relationsOf: async () => ({ friendships: new Map(), roles: new Map() }) },
      newId,
      now,
      limits: {
        maxBytes: exampleUpload.size,
        contentTypes: new Set([exampleUpload.contentType]),
        uploadSeconds,
        multipartDays: 7,
        quota: { bytes: Number.MAX_SAFE_INTEGER, photos: Number.MAX_SAFE_INTEGER },
      },
    }),
    issueUploads: createIssueUploads({
      photos: unmeasured.photos,
      uploads: unmeasured.uploads,
      presigner: createS3Presigner({ bucket, credentials: async () => exampleCredentials }),
      now,
    }),
  });
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
