import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Credentials } from "../../iam/types.ts";
import type { SignedRequest } from "../../sigv4/types.ts";

/** A request as an application describes it: nothing in it is encoded yet. */
export interface PlainRequest {
  readonly method: string;
  /** Each becomes one segment of the path. */
  readonly segments: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export interface Signer {
  readonly credentials: Credentials;
  readonly service: string;
  readonly region: string;
  readonly at: Date;
}

/** Node's SHA-256 in the form in which the SDK takes a hash. */
class Sha256 {
  readonly #state: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#state = secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(secret));
  }

  update(data: string | Uint8Array): void {
    this.#state.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#state.digest();
  }

  reset(): void {
    throw new Error("the SDK's signer uses a hash once");
  }
}

/** The request as the SDK's own signer would put it on the wire, its signature in the Authorization header. */
export async function stockSign(request: PlainRequest, signer: Signer): Promise<SignedRequest> {
  const signed = await signatureV4(signer).sign(toSdkRequest(request), { signingDate: signer.at });
  return toWire(request.method, signed);
}

/** The same with its signature in the query, good for `expiresIn` seconds. */
export async function stockPresign(request: PlainRequest, signer: Signer, expiresIn: number): Promise<SignedRequest> {
  // As the SDK's S3 presigner does: a URL's holder chooses the bytes.
  const unsigned = signer.service === "s3" ? { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } : {};
  const sdkRequest = toSdkRequest({ ...request, headers: { ...request.headers, ...unsigned } });
  const signed = await signatureV4(signer).presign(sdkRequest, { signingDate: signer.at, expiresIn });
  return toWire(request.method, signed);
}

function signatureV4({ credentials, service, region }: Signer): SignatureV4 {
  return new SignatureV4({ credentials, service, region, sha256: Sha256, uriEscapePath: service !== "s3" });
}

function toSdkRequest({ segments, query, headers, ...rest }: PlainRequest) {
  return {
    ...rest,
    protocol: "https:",
    hostname: headers.host ?? "",
    path: `/${segments.map(encode).join("/")}`,
    query: { ...query },
    headers: { ...headers },
  };
}

function toWire(
  method: string,
  { path, query = {}, headers }: { path: string; query?: Record<string, unknown>; headers: IncomingHttpHeaders },
): SignedRequest {
  const pairs = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(String(value))}`);
  return { method, target: pairs.length > 0 ? `${path}?${pairs.join("&")}` : path, headers };
}

/** As the SDK's clients encode what goes into an address. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function bytesOf(secret: string | ArrayBuffer | ArrayBufferView): string | Buffer {
  if (typeof secret === "string") return secret;
  return secret instanceof ArrayBuffer
    ? Buffer.from(secret)
    : Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength);
}
