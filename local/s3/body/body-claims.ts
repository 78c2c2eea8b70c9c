import type { RequestBody, S3Request } from "../protocol/request.ts";
import { invalidArgument, S3Error } from "../protocol/s3-error.ts";
import {
  type ChecksumAlgorithm,
  checksumAlgorithmNames,
  checksumAlgorithms,
  checksumHeader,
} from "./checksum-algorithms.ts";
import type { Meter } from "./meter.ts";

/** What a client says of the bytes that it sends. All of it must be true. */
export interface BodyClaims {
  /** Hexadecimal, as signed in `x-amz-content-sha256`. */
  readonly sha256: string | undefined;
  /** Base64 */
  readonly contentMd5: string | undefined;
  /** Without a value when that follows in the trailer. */
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly value: string | undefined } | undefined;
}

/** An additional checksum that was found right. */
export interface ProvedChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64 */
  readonly value: string;
}

type Headers = S3Request["headers"];

/** What a request's checksum headers are about: its body, or an object that its body merely tells of. */
export type ChecksumOf = "body" | "object";

/** Reads the claims of a request's headers; throws InvalidDigest and InvalidRequest for malformed ones. */
export function readClaims({ headers, signedSha256 }: S3Request, checksumOf: ChecksumOf): BodyClaims {
  const contentMd5 = headers["content-md5"];
  if (contentMd5 !== undefined && !isBase64(contentMd5, checksumAlgorithms.MD5.bytes))
    throw new S3Error("InvalidDigest");
  return {
    sha256: signedSha256,
    contentMd5,
    checksum: checksumOf === "body" ? readChecksum(headers) : undefined,
  };
}

export function claimedAlgorithms({ sha256, contentMd5, checksum }: BodyClaims): ChecksumAlgorithm[] {
  return [
    ...(sha256 === undefined ? [] : (["SHA256"] as const)),
    ...(contentMd5 === undefined ? [] : (["MD5"] as const)),
    ...(checksum === undefined ? [] : [checksum.algorithm]),
  ];
}

/** Holds the claims against what a meter saw; throws BadDigest and XAmzContentSHA256Mismatch. */
export async function proveClaims(
  claims: BodyClaims,
  meter: Meter,
  trailers: RequestBody["trailers"],
): Promise<ProvedChecksum | undefined> {
  const sha256 = claims.sha256 && (await meter.digest("SHA256")).toString("hex");
  if (sha256 !== claims.sha256) {
    throw new S3Error("XAmzContentSHA256Mismatch", {
      details: { ClientComputedContentSHA256: claims.sha256 ?? "", S3ComputedContentSHA256: sha256 ?? "" },
    });
  }
  const md5 = claims.contentMd5 && (await meter.digest("MD5")).toString("base64");
  if (md5 !== claims.contentMd5) {
    throw new S3Error("BadDigest", {
      details: { ExpectedDigest: claims.contentMd5 ?? "", CalculatedDigest: md5 ?? "" },
    });
  }
  return claims.checksum && proveChecksum(claims.checksum, meter, trailers);
}

async function proveChecksum(
  { algorithm, value }: NonNullable<BodyClaims["checksum"]>,
  meter: Meter,
  trailers: RequestBody["trailers"],
): Promise<ProvedChecksum> {
  const claimed = value ?? checkValue(algorithm, trailers.get(checksumHeader(algorithm)) ?? "");
  const computed = (await meter.digest(algorithm)).toString("base64");
  if (claimed !== computed) throw wrongChecksum(algorithm);
  return { algorithm, value: computed };
}

export function wrongChecksum(algorithm: ChecksumAlgorithm): S3Error {
  return new S3Error("BadDigest", { message: `The ${algorithm} you specified did not match the calculated checksum.` });
}

/** The checksum among headers or form fields: its value, or its name in `x-amz-trailer`. */
function readChecksum(headers: Headers): BodyClaims["checksum"] {
  const trailing = (headers["x-amz-trailer"] ?? "").split(",").map((name) => name.trim().toLowerCase());
  const given = checksumAlgorithmNames.filter((algorithm) => {
    const header = checksumHeader(algorithm);
    return headers[header] !== undefined || trailing.includes(header);
  });
  const [algorithm, another] = given;
  if (another !== undefined) {
    throw new S3Error("InvalidRequest", {
      message: "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    });
  }
  const announced = headers["x-amz-sdk-checksum-algorithm"]?.toUpperCase();
  if (algorithm === undefined) {
    if (announced === undefined) return undefined;
    throw new S3Error("InvalidRequest", {
      message:
        "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
    });
  }
  if (announced !== undefined && announced !== algorithm) {
    throw new S3Error("InvalidRequest", { message: "Value for x-amz-sdk-checksum-algorithm header is invalid." });
  }
  const value = headers[checksumHeader(algorithm)];
  return { algorithm, value: value === undefined ? undefined : checkValue(algorithm, value) };
}

/** Whether text is the Base64 of a digest of the algorithm; throws InvalidRequest. */
export function checkValue(algorithm: ChecksumAlgorithm, value: string): string {
  if (isBase64(value, checksumAlgorithms[algorithm].bytes)) return value;
  throw new S3Error("InvalidRequest", { message: `Value for ${checksumHeader(algorithm)} header is invalid.` });
}

/** Reads the name of an algorithm as `x-amz-checksum-algorithm` gives it. */
export function parseAlgorithm(header: string, name: string): ChecksumAlgorithm {
  const algorithm = checksumAlgorithmNames.find((known) => known === name.toUpperCase());
  if (algorithm === undefined) throw invalidArgument(header, name, "Checksum algorithm provided is unsupported.");
  return algorithm;
}

function isBase64(text: string, bytes: number): boolean {
  const decoded = Buffer.from(text, "base64");
  return decoded.length === bytes && decoded.toString("base64") === text;
}
