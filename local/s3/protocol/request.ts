import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import type { ConditionContext, CredentialLookup, Principal } from "../../iam/types.ts";
import { decodeChunked } from "../../sigv4/chunked.ts";
import type { VerifiedRequest } from "../../sigv4/types.ts";
import { isSigned, verifyRequest } from "../../sigv4/verify.ts";
import { parseAddress, type S3Address } from "./address.ts";
import { toHeaderBytes } from "./header-value.ts";
import { notImplemented, S3Error } from "./s3-error.ts";

/** A request's body with any `aws-chunked` coding taken off. */
export interface RequestBody {
  readonly bytes: AsyncIterable<Buffer>;
  /** Undefined when the client did not say; only an empty body may do so. */
  readonly length: number | undefined;
  /** By lower-case names; complete once `bytes` has ended. */
  readonly trailers: ReadonlyMap<string, string>;
}

/** A request whose signature has been verified, if it had one. */
export interface S3Request {
  readonly id: string;
  readonly method: string;
  readonly address: S3Address;
  readonly query: URLSearchParams;
  /** With what a presigned URL carries in its query. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly principal: Principal;
  /** Undefined for an anonymous request. */
  readonly authentication: Authentication | undefined;
  /** Hexadecimal SHA-256 of the body, where the signature covers it. */
  readonly signedSha256: string | undefined;
  readonly remoteAddress: string;
  readonly now: Date;
  /** To be called once. A client that waits for `100 Continue` gets it when the first byte is asked for. */
  openBody(): RequestBody;
}

export interface Authentication {
  readonly type: "REST-HEADER" | "REST-QUERY-STRING" | "POST";
  readonly signedAt: Date;
}

export interface Incoming {
  readonly message: IncomingMessage;
  /** Answers `100 Continue` to a client that waits for it. */
  readonly sendContinue: () => void;
}

export interface Verification {
  readonly credentials: CredentialLookup;
  readonly region: string;
  readonly now: Date;
}

/** `x-amz-request-id`, in S3's form. */
export function newRequestId(): string {
  return randomBytes(8).toString("hex").toUpperCase();
}

/** Reads and verifies a request; throws S3Error and SigV4Error. */
export function readRequest(id: string, { message, sendContinue }: Incoming, verification: Verification): S3Request {
  const { method = "", url: target = "", headers } = message;
  const signed = { method, target, headers };
  const { now } = verification;
  const signature = isSigned(signed) ? verifyRequest(signed, { ...verification, service: "s3" }) : undefined;
  const mark = target.indexOf("?");
  const query = new URLSearchParams(mark === -1 ? "" : target.slice(mark + 1));
  return {
    id,
    method,
    address: parseAddress(headers.host, mark === -1 ? target : target.slice(0, mark)),
    query,
    headers: { ...(signature?.form === "query" && hoistedHeaders(query)), ...flatten(headers) },
    principal: signature?.credentials.principal ?? { kind: "anonymous" },
    authentication: signature && {
      type: signature.form === "header" ? "REST-HEADER" : "REST-QUERY-STRING",
      signedAt: signature.signedAt,
    },
    signedSha256: signature?.payload.kind === "sha256" ? signature.payload.hex : undefined,
    remoteAddress: message.socket.remoteAddress ?? "",
    now,
    openBody: () => openBody(bytesOf({ message, sendContinue }), signature, headers),
  };
}

/** The condition keys that tell of the signature and the connection. */
export function requestContext({ authentication, headers, remoteAddress, now }: S3Request): ConditionContext {
  return {
    "aws:SourceIp": remoteAddress,
    "aws:UserAgent": headers["user-agent"],
    "aws:Referer": headers.referer,
    ...(authentication && {
      "s3:authType": authentication.type,
      "s3:signatureversion": "AWS4-HMAC-SHA256",
      "s3:signatureAge": String(Math.max(0, now.getTime() - authentication.signedAt.getTime())),
    }),
    "s3:x-amz-content-sha256": headers["x-amz-content-sha256"],
  };
}

function openBody(
  bytes: AsyncIterable<Buffer>,
  signature: VerifiedRequest | undefined,
  headers: IncomingHttpHeaders,
): RequestBody {
  const streaming = headers["x-amz-content-sha256"]?.toString().startsWith("STREAMING-");
  if (streaming && !signature) throw notImplemented("An aws-chunked body of an anonymous request");
  if (signature?.payload.kind === "streaming") return decodeChunked(bytes, signature, headers);
  if (headers["transfer-encoding"] !== undefined) throw new S3Error("MissingContentLength");
  const length = headers["content-length"];
  return { bytes, length: length === undefined ? undefined : Number(length), trailers: new Map() };
}

async function* bytesOf({ message, sendContinue }: Incoming): AsyncGenerator<Buffer> {
  sendContinue();
  yield* detach(message);
}

/**
 * The body at one remove: whoever stops reading, or fails, destroys the stream in between, and the message runs dry
 * instead of taking the connection, and with it the answer, down.
 */
function detach(message: IncomingMessage): AsyncIterable<Buffer> {
  const between = new PassThrough({ highWaterMark: 1024 * 1024 }).on("error", () => {});
  message.once("error", (error) => between.destroy(error));
  message.once("close", () => {
    if (!message.complete) between.destroy(new S3Error("IncompleteBody"));
  });
  between.once("close", () => message.resume());
  return message.pipe(between);
}

/*
 * S3 reads the checksum of an SDK's presigned URL and does nothing with it, and so must we: the SDK computes it of an empty
 * body. Whoever wants the bytes pinned signs the checksum as a header.
 */
const notHoisted =
  /^x-amz-(?:algorithm|credential|date|expires|signedheaders|signature|security-token|checksum-|sdk-|trailer)/;

function hoistedHeaders(query: URLSearchParams): Record<string, string> {
  const parameters = [...query].map(([name, value]) => [name.toLowerCase(), toHeaderBytes(value)] as const);
  return Object.fromEntries(parameters.filter(([name]) => name.startsWith("x-amz-") && !notHoisted.test(name)));
}

function flatten(headers: IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value?.toString()]));
}
