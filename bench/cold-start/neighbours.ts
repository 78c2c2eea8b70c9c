import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { toPhotoItem } from "../../api/adapters/dynamodb/photo-item.ts";
import { exampleEnvironment } from "../../api/example-environment.ts";
import { examplePhotos } from "../signing/example-album.ts";
import { exampleClientId, exampleCredentials, pem } from "../signing/examples.ts";
import { portOf, startIssuer } from "../signing/requests/issuer.ts";

export interface Neighbours {
  /** Of a function that is to find them. */
  readonly environment: Readonly<Record<string, string>>;
  /** What an HTTP API calls the function with, for the signed URL of a photo. */
  readonly event: object;
  close(): void;
}

const originValue = "a-value-of-the-edge-that-nobody-guesses-1";
const originSecretArn = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:origin";

/**
 * All that the API talks to until its first signed answer, on loopback: an issuer, and an AWS that answers at once from memory
 * and for anybody, so that what is measured is the function.
 */
export async function startNeighbours(): Promise<Neighbours> {
  const issuer = await startIssuer();
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const [photo] = examplePhotos(1);
  if (!photo) throw new TypeError("There is no example of a photo");
  const item = toPhotoItem(photo);

  const operations: Readonly<Record<string, (input: Input) => object>> = {
    GetSecretValue: ({ SecretId }) => ({
      SecretString: JSON.stringify(
        SecretId === originSecretArn
          ? { values: [originValue] }
          : { generation: 1, algorithm: "ES256", privateKeyPem: pem(privateKey) },
      ),
    }),
    GetItem: () => ({}),
    BatchGetItem: () => ({ Responses: { [exampleEnvironment.LATCHKEY_TABLE]: [item] } }),
    UpdateItem: () => ({}),
  };
  const server = createServer(async (request, response) => {
    const operation = operations[String(request.headers["x-amz-target"]).split(".")[1] ?? ""];
    const input: Input = JSON.parse(await text(request));
    response.statusCode = operation ? 200 : 501;
    response.setHeader("content-type", "application/x-amz-json-1.0");
    response.end(JSON.stringify(operation?.(input) ?? {}));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");

  const body = JSON.stringify({ items: [{ photoId: photo.id, rendition: "640" }] });
  return {
    environment: {
      ...exampleEnvironment,
      LATCHKEY_LOG_LEVEL: "info",
      LATCHKEY_ISSUER: issuer.url,
      LATCHKEY_CLIENT_ID: exampleClientId,
      LATCHKEY_ORIGIN_SECRET_ARN: originSecretArn,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${portOf(server.address())}`,
      AWS_ACCESS_KEY_ID: exampleCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: exampleCredentials.secretAccessKey,
      AWS_SESSION_TOKEN: exampleCredentials.sessionToken ?? "",
    },
    event: {
      version: "2.0",
      rawPath: "/v1/urls",
      rawQueryString: "",
      headers: {
        authorization: `Bearer ${issuer.token}`,
        "content-length": String(body.length),
        "content-type": "application/json",
        "x-forwarded-for": "203.0.113.64, 130.176.98.147",
        "x-origin-verify": originValue,
      },
      requestContext: { http: { method: "POST", sourceIp: "130.176.98.147" } },
      body,
      isBase64Encoded: false,
    },
    close() {
      issuer.close();
      server.close().closeAllConnections();
    },
  };
}

interface Input {
  readonly SecretId?: string;
}
