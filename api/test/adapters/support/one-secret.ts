import { once } from "node:events";
import { createServer } from "node:http";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

export interface OneSecret {
  readonly client: SecretsManagerClient;
  /** Undefined lets every read fail. */
  value: string | undefined;
  /** How often it was read. */
  reads: number;
  close(): Promise<void>;
}

/** A Secrets Manager that has a single secret, whichever is asked for. */
export async function startOneSecret(): Promise<OneSecret> {
  const server = createServer((_request, response) => {
    secret.reads += 1;
    response.statusCode = secret.value === undefined ? 500 : 200;
    response.setHeader("content-type", "application/x-amz-json-1.1");
    response.end(JSON.stringify(secret.value === undefined ? {} : { SecretString: secret.value }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  const client = new SecretsManagerClient({
    endpoint: `http://127.0.0.1:${typeof address === "object" ? address?.port : address}`,
    region: "eu-central-1",
    credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "an example" },
    maxAttempts: 1,
  });
  const secret: OneSecret = {
    client,
    value: undefined,
    reads: 0,
    async close() {
      client.destroy();
      server.close().closeAllConnections();
      await once(server, "close");
    },
  };
  return secret;
}
