import { createSign, generateKeyPairSync, type KeyObject, randomUUID } from "node:crypto";
import { getSignedUrl } from "@aws-sdk/cloudfront-signer";
import { createCloudFrontUrlSigner } from "../../api/adapters/cloudfront-url-signer.ts";
import { interleave } from "../interleave.ts";
import { isolated, type Operation, type Operations, repeat } from "../isolated.ts";
import { type BenchPart, faster, measuredTable } from "../report.ts";
import { exampleKeyId, exampleMediaUrl, pem } from "./examples.ts";
import { opensslP256 } from "./openssl.ts";

const expiresAt = new Date("2030-01-01T00:00:00Z");
const photos = Array.from({ length: 4096 }, () => `${exampleMediaUrl}/media/${randomUUID()}/`);

/** Signs URLs that nobody has signed before: nothing is remembered. */
export const benchDownloadUrls: BenchPart = async (seconds) => {
  const subject = (name: string, operation: keyof typeof operations) => isolated(name, import.meta.url, operation);
  const measured = await interleave(
    {
      openssl: await opensslP256(),
      ecSign: await subject("crypto.createSign, P-256, KeyObject parsed once", "ecSign"),
      rsaSign: await subject("crypto.createSign, RSA-2048, KeyObject parsed once", "rsaSign"),
      ec: await subject("our signer, P-256", "ec"),
      rsa: await subject("our signer, RSA-2048", "rsa"),
      sdkEc: await subject("SDK getSignedUrl, P-256 PEM", "sdkEc"),
      sdkRsa: await subject("SDK getSignedUrl, RSA-2048 PEM", "sdkRsa"),
    },
    seconds,
  );
  const { openssl, ecSign, ec, sdkRsa } = measured;
  return {
    table: measuredTable("CloudFront URLs", Object.values(measured)),
    targets: [
      faster("download URL, P-256 cold, against openssl speed", ec, openssl, 0.75, ecSign),
      faster("download URL, P-256 cold, against the SDK with an RSA PEM", ec, sdkRsa, 25, ecSign),
    ],
  };
};

const ecKey = () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const rsaKey = () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

export const operations = {
  ecSign: () => signAlone(ecKey()),
  rsaSign: () => signAlone(rsaKey()),
  ec: () => signWith(ecKey()),
  rsa: () => signWith(rsaKey()),
  sdkEc: () => signWithSdk(ecKey()),
  sdkRsa: () => signWithSdk(rsaKey()),
} satisfies Operations;

function signAlone(key: KeyObject): Operation {
  const policy = Buffer.from(customPolicy(photos[0] ?? ""));
  return repeat(() => createSign("sha256").update(policy).sign(key));
}

function signWith(privateKey: KeyObject): Operation {
  const signer = createCloudFrontUrlSigner({ keyId: exampleKeyId, privateKey });
  return overPhotos((photo) => `${photo}640.webp?${signer.signedQuery(`${photo}*`, expiresAt)}`);
}

/** The SDK takes a policy over all renditions too, and then signs once for a photo as we do. */
function signWithSdk(key: KeyObject): Operation {
  const privateKey = pem(key);
  return overPhotos((photo) =>
    getSignedUrl({
      url: `${photo}640.webp`,
      policy: customPolicy(photo),
      keyPairId: exampleKeyId,
      privateKey,
      algorithm: "SHA256",
    }),
  );
}

function customPolicy(photo: string): string {
  const DateLessThan = { "AWS:EpochTime": expiresAt.getTime() / 1000 };
  return JSON.stringify({ Statement: [{ Resource: `${photo}*`, Condition: { DateLessThan } }] });
}

function overPhotos(signPhoto: (photo: string) => string): Operation {
  let turn = 0;
  return repeat(() => signPhoto(photos[turn++ % photos.length] ?? ""));
}
