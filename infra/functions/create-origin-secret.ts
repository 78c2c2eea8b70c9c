import { randomBytes } from "node:crypto";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type Generation, keepGeneration, parseAsked, whenAllowed } from "./kept-generation.ts";
import { asGeneration, fieldsOfSecret } from "./parse.ts";

/** What the secret holds, as the API reads it: the value in use, and the one before, which edges send until they know. */
interface OriginSecret extends Generation {
  readonly values: readonly string[];
}

/** Makes the value of one generation, keeps it in the secret beside the one before it, and answers it. */
export function createOriginSecret(secrets: SecretsManagerClient) {
  return async (event: unknown): Promise<{ value: string }> => {
    const { secretArn, generation } = parseAsked(event);
    const { values } = await keepGeneration<OriginSecret>(secrets, {
      secretArn,
      generation,
      kind: "",
      kindOf: () => "",
      parse: parseSecret,
      make: (before) => ({
        generation,
        values: [randomBytes(32).toString("base64url"), ...(before?.values ?? [])].slice(0, 2),
      }),
    });
    const [value = ""] = values;
    return { value };
  };
}

const createSecret = createOriginSecret(new SecretsManagerClient({}));

/** What Lambda calls. */
export function handler(event: unknown): Promise<{ value: string }> {
  return whenAllowed(() => createSecret(event));
}

function parseSecret(secret: string): OriginSecret {
  const { generation, values } = fieldsOfSecret(secret);
  const isText = (value: unknown): value is string => typeof value === "string";
  if (!Array.isArray(values) || values.length === 0 || !values.every(isText)) {
    throw new Error("The secret holds something other than the edge's values; it is left alone");
  }
  return { generation: asGeneration(generation), values };
}
