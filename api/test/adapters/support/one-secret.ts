import { createServer } from "node:http";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { listen } from "../../../../local/listen.ts";

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
  const { url: endpoint, close } = await listen(server, { port: 0, host: "127.0.0.1" });
  const client = new SecretsManagerClient({
    endpoint,
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
      await close();
    },
  };
  return secret;
}
