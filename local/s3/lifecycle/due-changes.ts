import type { LifecycleFilter, LifecycleRule } from "../buckets/bucket.ts";
import type { ObjectVersion, StoredObject, Upload } from "../store/records.ts";

const day = 24 * 60 * 60 * 1000;

/** What rules want done with the versions of one key, newest first, as of `now`. */
export interface DueChanges {
  readonly noncurrent: readonly ObjectVersion[];
  /** Whether the latest version expires: an object is deleted, a marker that hides nothing any more is removed. */
  readonly latest: boolean;
}

export function dueChanges(rules: readonly LifecycleRule[], versions: readonly ObjectVersion[], now: Date): DueChanges {
  const [latest, ...older] = versions;
  const noncurrent = older.filter((version, newer) => {
    // A version has been noncurrent since the next one came.
    const since = versions[newer]?.modifiedAt ?? version.modifiedAt;
    return rules.some((rule) => newer >= rule.keepNoncurrentVersions && noncurrentIsDue(rule, version, since, now));
  });
  return { noncurrent, latest: latest !== undefined && latestIsDue(latest) };

  function latestIsDue(latest: ObjectVersion): boolean {
    if (latest.kind === "object") return rules.some((rule) => objectIsDue(rule, latest, now));
    return noncurrent.length === older.length && rules.some((rule) => markerIsDue(rule, latest, now));
  }
}

export function uploadIsDue(rules: readonly LifecycleRule[], { key, initiatedAt }: Upload, now: Date): boolean {
  return rules.some(({ filter, abortUploadsAfterDays }) => {
    return key.startsWith(filter.prefix) && isDue(initiatedAt, abortUploadsAfterDays, now);
  });
}

function noncurrentIsDue(rule: LifecycleRule, version: ObjectVersion, since: Date, now: Date): boolean {
  const { filter, expireNoncurrentAfterDays } = rule;
  const applies = version.kind === "object" ? matches(filter, version) : version.key.startsWith(filter.prefix);
  return applies && isDue(since, expireNoncurrentAfterDays, now);
}

function objectIsDue({ filter, expireAfterDays, expireOn }: LifecycleRule, object: StoredObject, now: Date): boolean {
  const due = expireOn === undefined ? isDue(object.modifiedAt, expireAfterDays, now) : expireOn <= now;
  return due && matches(filter, object);
}

function markerIsDue(rule: LifecycleRule, { key, modifiedAt }: ObjectVersion, now: Date): boolean {
  const due = rule.expireLoneDeleteMarkers || isDue(modifiedAt, rule.expireAfterDays, now);
  return due && key.startsWith(rule.filter.prefix);
}

function matches(
  { prefix, tags, sizeGreaterThan, sizeLessThan }: LifecycleFilter,
  { key, facts }: StoredObject,
): boolean {
  return (
    key.startsWith(prefix) &&
    Object.entries(tags).every(([name, value]) => facts.tags[name] === value) &&
    facts.size > (sizeGreaterThan ?? -1) &&
    facts.size < (sizeLessThan ?? Number.POSITIVE_INFINITY)
  );
}

/** S3 counts days from an event and rounds up to the next midnight, UTC; a rule without days is never due. */
function isDue(since: Date, days: number | undefined, now: Date): boolean {
  return days !== undefined && Math.ceil((since.getTime() + days * day) / day) * day <= now.getTime();
}
