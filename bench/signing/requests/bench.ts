import { interleave } from "../../interleave.ts";
import { faster, measuredTable, type Target } from "../../report.ts";
import { exampleUpload } from "../examples.ts";
import { startIssuer } from "./issuer.ts";
import { served } from "./served.ts";

/** Whole requests over sockets: what signing in and signing uploads leave of Fastify. */
export async function benchRequests(seconds: number): Promise<{ table: string; targets: Target[] }> {
  const issuer = await startIssuer();
  const hello = http("GET /hello", issuer.token);
  const { key: _, ...announced } = exampleUpload;
  const upload = http("POST /v1/photos", issuer.token, JSON.stringify(announced));
  const servers = {
    plain: await served("plain Fastify, JSON", "plain", hello, issuer.url),
    signedIn: await served("signed in, token known", "signedIn", hello, issuer.url),
    signedInByJose: await served("signed in, jose for each request", "signedInByJose", hello, issuer.url),
    upload: await served("the API's POST /v1/photos, without store", "upload", upload, issuer.url),
    uploadBySdk: await served("the same by jose and the SDK's getSignedUrl", "uploadBySdk", upload, issuer.url),
  };
  try {
    const measured = await interleave(servers, seconds);
    const { plain, signedIn, signedInByJose, upload, uploadBySdk } = measured;
    return {
      table: measuredTable("Requests", Object.values(measured)),
      targets: [
        faster("signed-in request, token known, against plain Fastify", signedIn, plain, 0.9),
        faster("signed-in request, token known, against jose per request", signedIn, signedInByJose, 4),
        faster("signed-in upload URL, without store, against plain Fastify", upload, plain, 0.5),
        faster("signed-in upload URL, without store, against jose and the SDK", upload, uploadBySdk, 20),
      ],
    };
  } finally {
    for (const server of Object.values(servers)) server.close();
    issuer.close();
  }
}

function http(target: string, token: string, body?: string): string {
  const entity = body === undefined ? "" : `content-type: application/json\r\ncontent-length: ${body.length}\r\n`;
  return `${target} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\n${entity}\r\n${body ?? ""}`;
}
