import { expect } from "chai";
import { Check } from "typebox/schema";

export interface Answer {
  readonly method: string;
  /** The route, as Fastify has it. */
  readonly url: string;
  readonly status: number;
  readonly body: string;
}

interface Content {
  readonly [type: string]: {
    readonly schema: object;
    readonly examples?: { readonly [name: string]: { readonly value: unknown } };
  };
}

export interface ApiDocument {
  readonly components: { readonly schemas: { readonly [name: string]: object } };
  readonly paths: {
    readonly [path: string]: {
      readonly [method: string]: {
        readonly operationId: string;
        readonly responses: {
          readonly [status: string]: {
            readonly description: string;
            readonly headers?: object;
            readonly content?: Content;
          };
        };
      };
    };
  };
}

/** Expects that the document declares each answer's status, and a schema that its body keeps. */
export function expectDocumented(swagger: unknown, answers: readonly Answer[]): void {
  const document: ApiDocument = JSON.parse(JSON.stringify(swagger));
  for (const { method, url, status, body } of answers) {
    const verb = method === "HEAD" ? "get" : method.toLowerCase();
    const operation = document.paths[url.replace(/:(\w+)/g, "{$1}")]?.[verb];
    // The document is for those who come by way of the edge, and they never see this one.
    if (!operation || body.includes('"ORIGIN_NOT_VERIFIED"')) continue;
    const declared = operation.responses[status];
    expect(declared, `${operation.operationId} answers ${status}, which OpenAPI does not say: ${body}`).not.to.equal(
      undefined,
    );
    for (const { schema } of Object.values(declared?.content ?? {})) {
      if (method !== "HEAD") expectToFit(document, schema, JSON.parse(body));
    }
  }
}

/** Expects that a value keeps a schema of the document. */
export function expectToFit(document: ApiDocument, schema: object, value: unknown): void {
  expect(
    Check({ ...schema, components: document.components }, value),
    `${JSON.stringify(value)} does not fit ${JSON.stringify(schema)}`,
  ).to.equal(true);
}
