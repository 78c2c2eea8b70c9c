/** The key by which Pulumi marks what is not plain data. */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/**
 * Takes Pulumi's marks off a value that came over its protocol: a secret becomes what it holds, an asset `{text}` or
 * `{path}`, an archive `{assets}` or `{path}`.
 */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const signature = entries.find(([key]) => key === signatureKey)?.[1];
  if (signature === secretSignature && "value" in value) return plain(value.value);
  const isMark = (key: string) => signature !== undefined && (key === signatureKey || key.startsWith("__pulumi"));
  return Object.fromEntries(entries.filter(([key]) => !isMark(key)).map(([key, each]) => [key, plain(each)]));
}

/** The same for the properties of a resource or the arguments of a call. */
export function plainProperties(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, plain(value)]));
}
