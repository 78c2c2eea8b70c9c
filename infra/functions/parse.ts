export function asObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null) throw new Error(`${what} is not a JSON object`);
  return { ...value };
}

export function asGeneration(value: unknown): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1) {
    throw new Error(`generation is ${JSON.stringify(value)}; it is a whole number from 1`);
  }
  return value;
}

/** The fields of a secret that is a JSON object. Throws an Error that quotes nothing of it. */
export function fieldsOfSecret(text: string): Record<string, unknown> {
  return asObject(parseJson(text), "The secret");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which is secret.
    throw new Error("The secret is not JSON; it is left alone");
  }
}
