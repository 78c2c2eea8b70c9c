/** As much of an OpenAPI 3.1 document as the API's own one uses. */
export interface ApiDocument {
  readonly info: { readonly title: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, Answer>>;
}

interface Answer {
  readonly description: string;
  readonly content?: Content;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
}

export function docsPage({ info, paths, components }: ApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, ...operation })),
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${text(info.title)}</title>
<style>${style}</style>
<h1>${text(info.title)}</h1>
<p>${prose(info.description)} This page as <a href="openapi.json">OpenAPI 3.1</a>.</p>
<nav><ul>${join(operations, link)}</ul></nav>
${join(operations, operationSection)}
<h2>Schemas</h2>
${join(Object.entries(components.schemas), schemaSection)}
</html>`;
}

type Endpoint = Operation & { readonly method: string; readonly path: string };

function link({ operationId, method, path }: Endpoint): string {
  return `<li><a href="#${operationId}">${method} ${text(path)}</a>`;
}

function schemaSection([name, schema]: [string, Schema]): string {
  return `<section id="schema-${name}"><h3>${name}</h3>${described(schema)}</section>`;
}

function operationSection(operation: Endpoint): string {
  const { operationId, method, path, summary, description = "", parameters = [], requestBody, responses } = operation;
  const rows = parameters.map(
    ({ name, in: place, required = false, schema }): Row => [`${name} (${place})`, schema, required],
  );
  return `<section id="${operationId}">
<h3>${text(summary)}</h3>
<p><code><b>${method}</b> ${text(path)}</code> ${operation.security?.length === 0 ? "without signing in" : "with an access token"}</p>
<p>${prose(description)}</p>
${rows.length > 0 ? table(rows) : ""}
${requestBody ? `<h4>Body</h4>${bodyOf(requestBody.content)}` : ""}
<h4>Answers</h4>
<dl>${join(Object.entries(responses), answer)}</dl>
</section>`;
}

function answer([status, { description, content = {} }]: [string, Answer]): string {
  return `<dt>${status}<dd>${prose(description)} ${bodyOf(content)}`;
}

function bodyOf(content: Content): string {
  return join(Object.values(content), ({ schema }) => described(schema));
}

function described(schema: Schema): string {
  const { properties, required = [], description } = schema;
  const about = description ? `<p>${prose(description)}</p>` : "";
  if (!properties) return `${about} ${typeOf(schema)}`;
  return about + table(Object.entries(properties).map(([name, property]) => [name, property, required.includes(name)]));
}

type Row = readonly [name: string, schema: Schema, required: boolean];

function table(rows: readonly Row[]): string {
  return `<table>${join(rows, row)}</table>`;
}

function row([name, schema, required]: Row): string {
  const fallback = schema.default === undefined ? "optional" : `default ${text(JSON.stringify(schema.default))}`;
  return (
    `<tr><th><code>${text(name)}</code><td>${typeOf(schema)}<td>${required ? "" : fallback}` +
    `<td>${prose(schema.description ?? "")}`
  );
}

function typeOf(schema: Schema): string {
  const name = schema.$ref?.split("/").at(-1);
  if (name) return `<a href="#schema-${name}">${name}</a>`;
  if (schema.enum) return schema.enum.map((word) => `<code>${text(word)}</code>`).join(" | ");
  if (schema.items) return `list of ${schema.items.properties ? described(schema.items) : typeOf(schema.items)}`;
  if (schema.properties) return described(schema);
  return text([[schema.type ?? "anything"].flat().join(" or "), schema.format].filter(Boolean).join(", "));
}

function join<T>(items: readonly T[], render: (item: T) => string): string {
  return items.map(render).join("\n");
}

function text(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

/** Backticks set code, as they do in the descriptions of the schemas. */
function prose(value: string): string {
  return text(value).replace(/`([^`]*)`/g, "<code>$1</code>");
}

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
section { border-top: 1px solid #8886; margin-top: 2rem }
table { border-collapse: collapse } th, td { padding: .1rem .8rem .1rem 0; text-align: left; vertical-align: top; font-weight: normal }
dt { font-weight: bold } dd { margin: 0 0 .5rem 1rem } code { font-size: .9em }`;
