import { generateKeyPairSync } from "node:crypto";
import { getSignedUrl } from "@aws-sdk/cloudfront-signer";
import { createCloudFrontUrlSigner } from "../../api/adapters/cloudfront-url-signer.ts";
import { DomainError } from "../../api/domain/errors.ts";
import { type Photo, photoKeys } from "../../api/domain/photo.ts";
import { createPhotoUrls } from "../../api/domain/photo-urls.ts";
import { createIssueUrls } from "../../api/domain/use-cases/issue-urls.ts";
import { createWindowSigner } from "../../api/domain/window-signer.ts";
import { inProcess, interleave } from "../interleave.ts";
import { faster, lasting, measuredTable, type Target } from "../report.ts";
import { exampleKeyId, exampleMediaUrl, examplePhotos, exampleViewer, pem } from "./examples.ts";

const albumSize = 1000;

/** An album within a window that has seen it before, policy and JSON included, the store excluded. */
export async function benchAlbums(seconds: number): Promise<{ table: string; targets: Target[] }> {
  const photos = examplePhotos(albumSize);
  const measured = await interleave(
    {
      ours: inProcess("our use case, the signatures warm", warmAlbum(photos), { per: albumSize }),
      sdk: inProcess("SDK getSignedUrl for each, RSA-2048 PEM", albumWithSdk(photos), { per: albumSize }),
    },
    seconds,
  );
  return {
    table: measuredTable(`An album of ${albumSize}, each photo`, Object.values(measured)),
    targets: [
      lasting(`album of ${albumSize} warm, each photo`, measured.ours, 4),
      faster(`album of ${albumSize} warm, against the SDK`, measured.ours, measured.sdk, 300),
    ],
  };
}

function warmAlbum(photos: readonly Photo[]): () => Promise<string> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signer = createCloudFrontUrlSigner({ keyId: exampleKeyId, privateKey });
  const signForWindow = createWindowSigner({
    mediaUrl: exampleMediaUrl,
    windowSeconds: 900,
    currentSigner: async () => signer,
    signatures: { keepSignature: async (_id, _part, signature) => signature },
    now: () => new Date(),
  });
  const byId = new Map(photos.map((photo) => [photo.id, photo]));
  const issueUrls = createIssueUrls({
    store: { findMany: async (ids) => ids.map((id) => byId.get(id)) },
    signPhotoUrls: createPhotoUrls({ mediaUrl: exampleMediaUrl, signForWindow }),
  });
  const wanted = photos.map(({ id }) => ({ photoId: id, size: "640" as const }));
  return async () => {
    const outcomes = await issueUrls(exampleViewer, wanted);
    const items = outcomes.map((outcome) => {
      if (outcome instanceof DomainError) throw outcome;
      return { photoId: outcome.photo.id, url: outcome.urls[640], expiresAt: outcome.expiresAt };
    });
    return JSON.stringify({ items });
  };
}

function albumWithSdk(photos: readonly Photo[]): () => string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = { keyPairId: exampleKeyId, privateKey: pem(privateKey), algorithm: "SHA256" as const };
  return () => {
    const expiresAt = new Date(Date.now() + 900_000).toISOString();
    const items = photos.map(({ id }) => {
      const url = `${exampleMediaUrl}/${photoKeys.rendition(id, "640")}`;
      return { photoId: id, url: getSignedUrl({ url, dateLessThan: expiresAt, ...key }), expiresAt };
    });
    return JSON.stringify({ items });
  };
}
