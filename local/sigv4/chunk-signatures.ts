import { formatAmzDate } from "./amz-date.ts";
import { algorithm, emptySha256, sha256Hex } from "./canonical.ts";
import { checkSignature } from "./check-signature.ts";
import { formatScope } from "./credential-scope.ts";
import { signatureOf, signingKey } from "./signing-key.ts";
import type { VerifiedRequest } from "./types.ts";

/** The chain of a signed streaming payload: each chunk's signature covers the one before, so none can move or go missing. */
export class ChunkSignatures {
  readonly #key: Buffer;
  readonly #dateAndScope: readonly string[];
  #previous: string;

  constructor({ credentials, signedAt, region, service }: VerifiedRequest, seedSignature: string) {
    const date = formatAmzDate(signedAt);
    const scope = { date: date.slice(0, 8), region, service };
    this.#key = signingKey(credentials.secretAccessKey, scope);
    this.#dateAndScope = [date, formatScope(scope)];
    this.#previous = seedSignature;
  }

  /** Throws SignatureDoesNotMatch. */
  verifyChunk(sha256: string, given: string): void {
    this.#verify(given, `${algorithm}-PAYLOAD`, emptySha256, sha256);
  }

  /** `trailers` as `name:value` lines, each with its line feed; throws SignatureDoesNotMatch. */
  verifyTrailers(trailers: string, given: string): void {
    this.#verify(given, `${algorithm}-TRAILER`, sha256Hex(trailers));
  }

  #verify(given: string, kind: string, ...hashes: readonly string[]): void {
    const text = [kind, ...this.#dateAndScope, this.#previous, ...hashes].join("\n");
    const expected = signatureOf(this.#key, text);
    checkSignature(expected, given, { StringToSign: text });
    this.#previous = expected;
  }
}
