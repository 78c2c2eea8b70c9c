import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { expect } from "chai";
import fc from "fast-check";
import { resolveBucketAddress } from "../../adapters/s3-bucket-address.ts";
import { createS3Presigner } from "../../adapters/s3-presigner.ts";
import type { PresignedRequest, UploadPresigner } from "../../domain/ports/signing.ts";
import { aKey, aLifetime, anEndpoint, aSigningTime, credentialsOf } from "./support/signing-arbitraries.ts";

interface Named {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
}

interface Signing {
  readonly ours: UploadPresigner;
  readonly client: S3Client;
  readonly named: Named;
  readonly until: Date;
}

type SdkOptions = NonNullable<Parameters<typeof getSignedUrl>[2]>;
type Theirs = (signing: Signing, options: SdkOptions) => Promise<string>;
type Ours = (signing: Signing) => Promise<PresignedRequest<string>>;

const size = 60_000_000;
const upload = ({ Key, UploadId }: Named) => ({ key: Key, uploadId: UploadId });

describe("S3 presigner of whole uploads in parts", () => {
  const requests: [string, Ours, Theirs][] = [
    [
      "the beginning",
      ({ ours, named, until }) => ours.begin({ key: named.Key, contentType: "image/jpeg" }, until),
      ({ client, named: { Bucket, Key } }, options) =>
        getSignedUrl(client, new CreateMultipartUploadCommand({ Bucket, Key, ContentType: "image/jpeg" }), options),
    ],
    [
      "the list of parts",
      ({ ours, named, until }) => ours.list(upload(named), until),
      ({ client, named }, options) => getSignedUrl(client, new ListPartsCommand(named), options),
    ],
    [
      "the completion",
      ({ ours, named, until }) => ours.complete(upload(named), size, until),
      ({ client, named }, options) => {
        const pinned = { ...named, IfNoneMatch: "*", MpuObjectSize: size };
        return getSignedUrl(client, new CompleteMultipartUploadCommand(pinned), options);
      },
    ],
    [
      "the end before its time",
      ({ ours, named, until }) => ours.abort(upload(named), until),
      ({ client, named }, options) => getSignedUrl(client, new AbortMultipartUploadCommand(named), options),
    ],
  ];
  const someNamed = fc.record({
    Bucket: fc.constant("photos"),
    Key: aKey,
    UploadId: fc.stringMatching(/^[\w.~*'()!-]{1,80}$/),
  });

  for (const [what, ours, theirs] of requests) {
    it(`presigns ${what} byte for byte as the SDK does`, () =>
      fc.assert(
        fc.asyncProperty(
          someNamed,
          credentialsOf,
          aSigningTime,
          aLifetime,
          anEndpoint,
          async (named, credentials, now, expiresIn, endpoint) => {
            const client = new S3Client({ ...endpoint, credentials, requestChecksumCalculation: "WHEN_REQUIRED" });
            const bucket = await resolveBucketAddress(client, "photos");
            const presigner = createS3Presigner({ bucket, credentials: async () => credentials, now: () => now });
            const signing = { ours: presigner, client, named, until: new Date(now.getTime() + expiresIn * 1000) };
            const { url, headers } = await ours(signing);
            const signed = new Set(Object.keys(headers));
            const expected = await theirs(signing, {
              signingDate: now,
              expiresIn,
              signableHeaders: new Set(["host", ...signed]),
              unhoistableHeaders: signed,
            });
            expect(url.split(/[?&]/).toSorted()).to.deep.equal(expected.split(/[?&]/).toSorted());
          },
        ),
      ));
  }
});
