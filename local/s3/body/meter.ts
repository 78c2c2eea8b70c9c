import { S3Error } from "../protocol/s3-error.ts";
import { type ChecksumAlgorithm, checksumAlgorithms, type Digest } from "./checksum-algorithms.ts";

/** Counts and digests bytes as they pass, each algorithm once however many ask for it. */
export class Meter {
  #size = 0;
  readonly #limit: number;
  readonly #running: ReadonlyMap<ChecksumAlgorithm, Digest>;
  readonly #done = new Map<ChecksumAlgorithm, Promise<Buffer>>();

  constructor(algorithms: Iterable<ChecksumAlgorithm>, limit: number) {
    this.#limit = limit;
    this.#running = new Map([...algorithms].map((name) => [name, checksumAlgorithms[name].create()]));
  }

  get size(): number {
    return this.#size;
  }

  /** The same bytes; fails with EntityTooLarge past the limit. */
  async *measure(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const running = [...this.#running.values()];
    for await (const chunk of source) {
      this.#size += chunk.length;
      if (this.#size > this.#limit) throw entityTooLarge(this.#size, this.#limit);
      for (const digest of running) digest.update(chunk);
      yield chunk;
    }
  }

  /** For an algorithm that the meter was made with, once all bytes have passed. */
  digest(algorithm: ChecksumAlgorithm): Promise<Buffer> {
    const known = this.#done.get(algorithm);
    if (known) return known;
    const running = this.#running.get(algorithm);
    if (!running) throw new TypeError(`this meter runs no ${algorithm}`);
    const digest = running.digest();
    this.#done.set(algorithm, digest);
    return digest;
  }
}

export function entityTooLarge(proposed: number, limit: number): S3Error {
  return new S3Error("EntityTooLarge", { details: { ProposedSize: String(proposed), MaxSizeAllowed: String(limit) } });
}
