import { randomBytes } from "node:crypto";
import { decodePath } from "./viewer-request.ts";

export interface Invalidation {
  readonly id: string;
  readonly callerReference: string;
  /** As they were asked for. */
  readonly paths: readonly string[];
  readonly createdAt: Date;
}

/** What an invalidation's paths mean. */
export interface InvalidationTargets {
  matchesTarget(target: string): boolean;
  /** In lower case, without their `#`. */
  readonly tags: readonly string[];
}

/** A path or tag that CloudFront would not take. */
export class InvalidPathError extends Error {}

/** CloudFront takes as many at once. */
const mostPaths = 3000;
const mostKept = 1000;

/** Reads an invalidation's paths; throws an InvalidPathError. `/a/*` stands for all that begins so, and a star only at the end. */
export function readTargets(paths: readonly string[]): InvalidationTargets {
  if (paths.length === 0 || paths.length > mostPaths) {
    throw new InvalidPathError(`an invalidation takes 1 to ${mostPaths} paths, not ${paths.length}`);
  }
  const tags = paths.filter((path) => path.startsWith("#")).map((path) => path.slice(1).toLowerCase());
  if (tags.some((tag) => !/^[\x21-\x2b\x2d-\x7e]{1,256}$/.test(tag))) {
    throw new InvalidPathError("a cache tag is 1 to 256 visible ASCII characters without commas");
  }
  const patterns = paths.filter((path) => !path.startsWith("#")).map(readPath);
  return { tags, matchesTarget: (target) => patterns.some((matches) => matches(decodePath(target))) };
}

function readPath(path: string): (target: string) => boolean {
  if (!/^[\x21-\x7e]{1,4096}$/.test(path))
    throw new InvalidPathError(`the path ${JSON.stringify(path)} is not percent-encoded`);
  const absolute = path.startsWith("/") ? path : `/${path}`;
  if (!absolute.endsWith("*")) return (target) => target === decodePath(absolute);
  const prefix = decodePath(absolute.slice(0, -1));
  return (target) => target.startsWith(prefix);
}

/** The invalidations of one distribution, latest first. They are done as soon as they are made. */
export class Invalidations {
  readonly #made: Invalidation[] = [];
  readonly #invalidate: (targets: InvalidationTargets) => void;
  readonly #now: () => Date;

  constructor(invalidate: (targets: InvalidationTargets) => void, now: () => Date) {
    this.#invalidate = invalidate;
    this.#now = now;
  }

  /** Throws an InvalidPathError. */
  create(paths: readonly string[], callerReference: string): Invalidation {
    this.#invalidate(readTargets(paths));
    const id = `I${randomBytes(16).toString("hex").toUpperCase().slice(0, 25)}`;
    const invalidation = { id, callerReference, paths, createdAt: this.#now() };
    this.#made.unshift(invalidation);
    this.#made.splice(mostKept);
    return invalidation;
  }

  list(): readonly Invalidation[] {
    return this.#made;
  }
}
