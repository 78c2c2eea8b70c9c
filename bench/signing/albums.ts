import { generateKeyPairSync } from "node:crypto";
import { getSignedUrl } from "@aws-sdk/cloudfront-signer";
import { DomainError } from "../../api/domain/errors.ts";
import { type Photo, photoKeys } from "../../api/domain/photo.ts";
import { interleave } from "../interleave.ts";
import { isolated, type Operations, repeat } from "../isolated.ts";
import { type BenchPart, faster, lasting, measuredTable } from "../report.ts";
import { exampleIssueUrls, examplePhotos } from "./example-album.ts";
import { exampleKeyId, exampleMediaUrl, exampleViewer, pem } from "./examples.ts";
import { startIssuer } from "./requests/issuer.ts";

const albumSize = 1000;

/** An album within a window that has seen it before, policy and JSON included, the store excluded. */
export const benchAlbums: BenchPart = async (seconds) => {
  const subject = (name: string, operation: keyof typeof operations) =>
    isolated(name, import.meta.url, operation, { per: albumSize });
  const issuer = await startIssuer();
  const measured = await interleave(
    {
      json: await subject("JSON.stringify alone, of URLs that are there", "json"),
      ours: await subject("our use case, the signatures warm", "ours"),
      request: await isolated("the API's POST /v1/urls, whole", import.meta.resolve("./requests/servers.ts"), "urls", {
        per: albumSize,
        parameters: [issuer.url, issuer.token, String(albumSize)],
      }),
      sdk: await subject("SDK getSignedUrl for each, RSA-2048 PEM", "sdk"),
    },
    seconds,
  ).finally(() => issuer.close());
  return {
    table: measuredTable(`An album of ${albumSize}, each photo`, Object.values(measured)),
    targets: [
      lasting(`album of ${albumSize} warm, each photo`, measured.ours, 4, measured.json),
      faster(`album of ${albumSize} warm, against the SDK`, measured.ours, measured.sdk, 300, measured.json),
    ],
  };
};

export const operations = {
  async json() {
    const answer: unknown = JSON.parse(await warmAlbum(examplePhotos(albumSize))());
    return repeat(() => JSON.stringify(answer));
  },
  ours: () => repeat(warmAlbum(examplePhotos(albumSize))),
  sdk: () => repeat(albumWithSdk(examplePhotos(albumSize))),
} satisfies Operations;

function warmAlbum(photos: readonly Photo[]): () => Promise<string> {
  const issueUrls = exampleIssueUrls(photos);
  const wanted = photos.map(({ id }) => ({ photoId: id, size: "640" as const }));
  return async () => {
    const outcomes = await issueUrls(exampleViewer, wanted);
    const written = new Map<number | undefined, string | undefined>();
    const items = outcomes.map((outcome) => {
      if (outcome instanceof DomainError) throw outcome;
      const { photo, urls, expiresAt } = outcome;
      const time = expiresAt?.getTime();
      // Once for the list, as the API writes it.
      if (!written.has(time)) written.set(time, expiresAt?.toISOString());
      return { photoId: photo.id, url: urls[640], expiresAt: written.get(time) };
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
