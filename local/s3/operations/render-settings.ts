import type { Recording } from "../../program/recording.ts";
import type { CorsRule, LifecycleRule } from "../buckets/bucket.ts";
import { owner } from "../protocol/owner.ts";
import type { XmlContent } from "../protocol/xml.ts";

/** The one ACL that there is where the bucket's owner owns every object. */
export function ownerHasAll(recording: Recording): XmlContent {
  const { ID } = owner(recording);
  const grantee = 'Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"';
  return { Owner: { ID }, AccessControlList: { Grant: { [grantee]: { ID }, Permission: "FULL_CONTROL" } } };
}

export function corsRule(rule: CorsRule): XmlContent {
  return {
    ID: rule.id,
    AllowedOrigin: rule.allowedOrigins,
    AllowedMethod: rule.allowedMethods,
    AllowedHeader: rule.allowedHeaders,
    ExposeHeader: rule.exposeHeaders,
    MaxAgeSeconds: rule.maxAgeSeconds,
  };
}

export function lifecycleRule(rule: LifecycleRule): XmlContent {
  const { filter, expireAfterDays, expireOn, expireNoncurrentAfterDays, abortUploadsAfterDays } = rule;
  const expires = expireAfterDays !== undefined || expireOn !== undefined || rule.expireLoneDeleteMarkers;
  return {
    ID: rule.id,
    Status: rule.enabled ? "Enabled" : "Disabled",
    Filter: {
      And: {
        Prefix: filter.prefix,
        Tag: Object.entries(filter.tags).map(([Key, Value]) => ({ Key, Value })),
        ObjectSizeGreaterThan: filter.sizeGreaterThan,
        ObjectSizeLessThan: filter.sizeLessThan,
      },
    },
    Expiration: expires
      ? {
          Days: expireAfterDays,
          Date: expireOn,
          ExpiredObjectDeleteMarker: rule.expireLoneDeleteMarkers || undefined,
        }
      : undefined,
    NoncurrentVersionExpiration:
      expireNoncurrentAfterDays === undefined
        ? undefined
        : {
            NoncurrentDays: expireNoncurrentAfterDays,
            NewerNoncurrentVersions: rule.keepNoncurrentVersions || undefined,
          },
    AbortIncompleteMultipartUpload:
      abortUploadsAfterDays === undefined ? undefined : { DaysAfterInitiation: abortUploadsAfterDays },
  };
}
