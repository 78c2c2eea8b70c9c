/** Pulumi's spelling of an object's members in the API's: `minimumLength` becomes `MinimumLength`. */
export function toPascalCase(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.charAt(0).toUpperCase() + name.slice(1), member]),
  );
}
