import fc from "fast-check";

/** What a presigner may be asked to sign, for properties that set ours beside the SDK's. */

export const aKey = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 60 })
  .filter((key) => !/(?:^|\/)\.{1,2}(?:\/|$)/.test(key) && key.isWellFormed());

export const credentialsOf = fc.record(
  {
    accessKeyId: fc.stringMatching(/^A[SK]IA[A-Z0-9]{16}$/),
    secretAccessKey: fc.stringMatching(/^[A-Za-z0-9+/]{40}$/),
    sessionToken: fc.base64String({ minLength: 4, maxLength: 200 }),
  },
  { requiredKeys: ["accessKeyId", "secretAccessKey"] },
);

export const aSigningTime = fc.integer({ min: 0, max: 2 ** 31 }).map((seconds) => new Date(seconds * 1000));
export const aLifetime = fc.integer({ min: 1, max: 604_800 });

export const anEndpoint = fc.constantFrom(
  { region: "eu-central-1" },
  { region: "us-east-1", useDualstackEndpoint: true },
  { region: "eu-west-1", useAccelerateEndpoint: true },
  { region: "us-east-1", endpoint: "http://127.0.0.1:4002" },
);

export const aHash = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString("base64"));

export const anUpload = fc.record(
  {
    key: aKey,
    contentType: fc.constantFrom("image/jpeg", "image/svg+xml", "text/plain; charset=utf-8"),
    size: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    sha256: aHash,
  },
  { requiredKeys: ["key", "contentType", "size"] },
);
