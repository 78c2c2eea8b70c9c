import { interleave } from "../../interleave.ts";
import { isolated } from "../../isolated.ts";
import { type BenchPart, faster, measuredTable } from "../../report.ts";
import { startIssuer } from "./issuer.ts";
import type { ServerName } from "./servers.ts";

/** Whole requests over sockets, client and server in one process: what signing in and signing uploads leave of Fastify. */
export const benchRequests: BenchPart = async (seconds) => {
  const issuer = await startIssuer();
  const subject = (name: string, server: ServerName) =>
    isolated(name, import.meta.resolve("./servers.ts"), server, { parameters: [issuer.url, issuer.token] });
  try {
    const measured = await interleave(
      {
        plain: await subject("plain Fastify, JSON", "plain"),
        signedIn: await subject("signed in, token known", "signedIn"),
        signedInByJose: await subject("signed in, jose for each request", "signedInByJose"),
        plainUpload: await subject("plain Fastify, POST as large as an upload's", "plainUpload"),
        upload: await subject("the API's POST /v1/photos, without store", "upload"),
        uploadBySdk: await subject("the same by jose and the SDK's getSignedUrl", "uploadBySdk"),
      },
      seconds,
    );
    const { plain, signedIn, signedInByJose, plainUpload, upload, uploadBySdk } = measured;
    return {
      table: measuredTable("Requests, with their client", Object.values(measured)),
      targets: [
        faster("signed-in request, token known, against plain Fastify", signedIn, plain, 0.9, plain),
        faster("signed-in request, token known, against jose per request", signedIn, signedInByJose, 4, plain),
        faster("signed-in upload URL, without store, against a plain POST", upload, plainUpload, 0.5, plainUpload),
        faster("signed-in upload URL, without store, against jose and the SDK", upload, uploadBySdk, 20, plainUpload),
      ],
    };
  } finally {
    issuer.close();
  }
};
