import { interleave } from "../../interleave.ts";
import { faster, measuredTable, type Target } from "../../report.ts";
import { startIssuer } from "./issuer.ts";
import { served } from "./served.ts";

/** Whole requests over sockets: what signing in and signing uploads leave of Fastify. */
export async function benchRequests(seconds: number): Promise<{ table: string; targets: Target[] }> {
  const issuer = await startIssuer();
  const servers = {
    plain: await served("plain Fastify, JSON", "plain", issuer),
    signedIn: await served("signed in, token known", "signedIn", issuer),
    signedInByJose: await served("signed in, jose for each request", "signedInByJose", issuer),
    plainUpload: await served("plain Fastify, POST as large as an upload's", "plainUpload", issuer),
    upload: await served("the API's POST /v1/photos, without store", "upload", issuer),
    uploadBySdk: await served("the same by jose and the SDK's getSignedUrl", "uploadBySdk", issuer),
  };
  try {
    const measured = await interleave(servers, seconds);
    const { plain, signedIn, signedInByJose, plainUpload, upload, uploadBySdk } = measured;
    return {
      table: measuredTable("Requests, with their load in one process", Object.values(measured)),
      targets: [
        faster("signed-in request, token known, against plain Fastify", signedIn, plain, 0.9),
        faster("signed-in request, token known, against jose per request", signedIn, signedInByJose, 4),
        faster("signed-in upload URL, without store, against a plain POST", upload, plainUpload, 0.5),
        faster("signed-in upload URL, without store, against jose and the SDK", upload, uploadBySdk, 20),
      ],
    };
  } finally {
    for (const server of Object.values(servers)) server.close();
    issuer.close();
  }
}
