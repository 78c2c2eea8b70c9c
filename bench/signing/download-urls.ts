import { generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import { getSignedUrl } from "@aws-sdk/cloudfront-signer";
import { createCloudFrontUrlSigner } from "../../api/adapters/cloudfront-url-signer.ts";
import { inProcess, interleave } from "../interleave.ts";
import { faster, measuredTable, type Target } from "../report.ts";
import { exampleKeyId, exampleMediaUrl, pem } from "./examples.ts";
import { opensslP256 } from "./openssl.ts";

const expiresAt = new Date("2030-01-01T00:00:00Z");
const photos = Array.from({ length: 4096 }, () => `${exampleMediaUrl}/media/${randomUUID()}/`);

/** Signs URLs that nobody has signed before: nothing is remembered. */
export async function benchDownloadUrls(seconds: number): Promise<{ table: string; targets: Target[] }> {
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const policy = Buffer.from(customPolicy(photos[0] ?? ""));

  const measured = await interleave(
    {
      openssl: await opensslP256(),
      ecSign: inProcess("crypto.sign, P-256, KeyObject parsed once", () => sign("sha256", policy, ec)),
      rsaSign: inProcess("crypto.sign, RSA-2048, KeyObject parsed once", () => sign("sha256", policy, rsa)),
      ec: inProcess("our signer, P-256", signWith(ec)),
      rsa: inProcess("our signer, RSA-2048", signWith(rsa)),
      sdkEc: inProcess("SDK getSignedUrl, P-256 PEM", signWithSdk(ec)),
      sdkRsa: inProcess("SDK getSignedUrl, RSA-2048 PEM", signWithSdk(rsa)),
    },
    seconds,
  );
  return {
    table: measuredTable("CloudFront URLs", Object.values(measured)),
    targets: [
      faster("download URL, P-256 cold, against openssl speed", measured.ec, measured.openssl, 0.75),
      faster("download URL, P-256 cold, against the SDK with an RSA PEM", measured.ec, measured.sdkRsa, 25),
    ],
  };
}

function signWith(privateKey: KeyObject): () => string {
  const signer = createCloudFrontUrlSigner({ keyId: exampleKeyId, privateKey });
  return overPhotos((photo) => `${photo}640.webp?${signer.signedQuery(`${photo}*`, expiresAt)}`);
}

/** The SDK takes a policy over all renditions too, and then signs once for a photo as we do. */
function signWithSdk(key: KeyObject): () => string {
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

function overPhotos(signPhoto: (photo: string) => string): () => string {
  let turn = 0;
  return () => signPhoto(photos[turn++ % photos.length] ?? "");
}
