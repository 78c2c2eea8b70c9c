import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { Crc32c, Crc64Nvme } from "@aws-sdk/checksums/crc";
import { Xxh3_64, Xxh3_128, Xxh64 } from "@aws-sdk/checksums/xxh";

/** A running digest of bytes as they pass. */
export interface Digest {
  update(chunk: Uint8Array): void;
  digest(): Promise<Buffer>;
}

export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

interface Algorithm {
  readonly create: () => Digest;
  readonly bytes: number;
  /** What a multipart upload may have; the first is its default. */
  readonly multipart: readonly ChecksumType[];
}

/** Every additional checksum that S3 knows, by the name in its API. */
export const checksumAlgorithms = {
  CRC32: { create: nativeCrc32, bytes: 4, multipart: ["COMPOSITE", "FULL_OBJECT"] },
  CRC32C: { create: () => sdk(new Crc32c()), bytes: 4, multipart: ["COMPOSITE", "FULL_OBJECT"] },
  CRC64NVME: { create: () => sdk(new Crc64Nvme()), bytes: 8, multipart: ["FULL_OBJECT"] },
  SHA1: { create: () => hash("sha1"), bytes: 20, multipart: ["COMPOSITE"] },
  SHA256: { create: () => hash("sha256"), bytes: 32, multipart: ["COMPOSITE"] },
  SHA512: { create: () => hash("sha512"), bytes: 64, multipart: ["COMPOSITE"] },
  MD5: { create: () => hash("md5"), bytes: 16, multipart: ["COMPOSITE"] },
  XXHASH64: { create: () => sdk(new Xxh64()), bytes: 8, multipart: ["COMPOSITE"] },
  XXHASH3: { create: () => sdk(new Xxh3_64()), bytes: 8, multipart: ["COMPOSITE"] },
  XXHASH128: { create: () => sdk(new Xxh3_128()), bytes: 16, multipart: ["COMPOSITE"] },
} as const satisfies Record<string, Algorithm>;

export type ChecksumAlgorithm = keyof typeof checksumAlgorithms;

export const checksumAlgorithmNames = Object.keys(checksumAlgorithms).filter(isChecksumAlgorithm);

export function isChecksumAlgorithm(name: string): name is ChecksumAlgorithm {
  return Object.hasOwn(checksumAlgorithms, name);
}

/** `x-amz-checksum-crc32`, the header, trailer and form field that carries a checksum. */
export function checksumHeader(algorithm: ChecksumAlgorithm): `x-amz-checksum-${string}` {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** `ChecksumCRC32`, the element that carries a checksum. */
export function checksumElement<Name extends ChecksumAlgorithm>(algorithm: Name): `Checksum${Name}` {
  return `Checksum${algorithm}`;
}

function hash(name: "md5" | "sha1" | "sha256" | "sha512"): Digest {
  const running = createHash(name);
  return { update: (chunk) => void running.update(chunk), digest: async () => running.digest() };
}

function nativeCrc32(): Digest {
  let value = 0;
  return {
    update(chunk) {
      value = crc32(chunk, value);
    },
    async digest() {
      const digest = Buffer.alloc(4);
      digest.writeUInt32BE(value);
      return digest;
    },
  };
}

function sdk(running: { update(chunk: Uint8Array): void; digest(): Promise<Uint8Array> }): Digest {
  return { update: (chunk) => running.update(chunk), digest: async () => Buffer.from(await running.digest()) };
}
