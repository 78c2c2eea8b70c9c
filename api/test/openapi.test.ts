import { Validator } from "@seriousme/openapi-schema-validator";
import { expect } from "chai";
import { type ApiDocument, expectToFit } from "./support/documented.ts";
import { startTestApp, type TestApp } from "./support/test-app.ts";

describe("The OpenAPI document", () => {
  let test: TestApp;
  let document: ApiDocument;
  before(async () => {
    test = await startTestApp();
    document = (await test.ask(undefined, { url: "/openapi.json" })).json();
  });
  after(() => test.close());

  it("is valid OpenAPI 3.1", async () => {
    const validator = new Validator();
    const served = (await test.ask(undefined, { url: "/openapi.json" })).json();
    expect(await validator.validate(served)).to.deep.equal({ valid: true });
    expect(validator.version).to.equal("3.1");
  });

  it("describes every route but itself and the page", () => {
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const served = test.routes
      .filter(({ method }) => method !== "HEAD" && method !== "OPTIONS")
      .map(({ method, url }) => `${method} ${url.replace(/:(\w+)/g, "{$1}")}`)
      .filter((route) => route !== "GET /openapi.json" && route !== "GET /docs");
    expect(described.toSorted()).to.deep.equal(served.toSorted());
  });

  it("gives every operation an id of its own, an answer that succeeds and the problems that every one has", () => {
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    expect(new Set(operations.map(({ operationId }) => operationId))).to.have.property("size", operations.length);
    for (const { operationId, responses } of operations) {
      expect(
        Object.keys(responses).some((status) => /^[23]/.test(status)),
        operationId,
      ).to.equal(true);
      expect(responses, operationId).to.include.keys("500", "503");
    }
  });

  it("says in words of its own what each answer is, and which headers tell when to try again and how to sign in", () => {
    for (const { operationId, responses } of Object.values(document.paths).flatMap((methods) =>
      Object.values(methods),
    )) {
      for (const [status, { description, headers = {} }] of Object.entries(responses)) {
        expect(description, `${operationId} ${status}`).not.to.equal("Default Response");
        if (status === "503") expect(headers, operationId).to.have.property("retry-after");
        if (status === "401") expect(headers, operationId).to.have.property("www-authenticate");
      }
    }
  });

  it("has an example of every problem, by its code", () => {
    const codes = new Set<string>();
    for (const { responses } of Object.values(document.paths).flatMap((methods) => Object.values(methods))) {
      for (const [status, { content }] of Object.entries(responses)) {
        const media = content?.["application/problem+json"];
        for (const [code, { value }] of Object.entries(media?.examples ?? {})) {
          codes.add(code);
          expectToFit(document, media?.schema ?? {}, value);
          expect(value).to.include({ status: Number(status), code });
        }
      }
    }
    expect([...codes]).to.include.members(["UNAUTHENTICATED", "PHOTO_NOT_FOUND", "UPLOAD_TOO_LARGE", "INVALID_CURSOR"]);
  });

  it("has examples that keep their own schemas", () => {
    let examples = 0;
    const visit = (schema: unknown): void => {
      if (typeof schema !== "object" || schema === null) return;
      if ("examples" in schema && Array.isArray(schema.examples)) {
        for (const example of schema.examples) {
          examples += 1;
          expectToFit(document, schema, example);
        }
      }
      for (const part of Object.values(schema)) visit(part);
    };
    visit(document.components.schemas);
    expect(examples).to.be.greaterThan(20);
  });

  it("is served to anyone, and may be cached", async () => {
    const response = await test.ask(undefined, { url: "/openapi.json" });
    expect(response.headers["content-type"]).to.equal("application/json; charset=utf-8");
    expect(response.headers["cache-control"]).to.equal("public, max-age=300");
  });
});

describe("The page of the API", () => {
  let test: TestApp;
  before(async () => {
    test = await startTestApp();
  });
  after(() => test.close());

  it("names every operation and schema, and needs nothing from elsewhere", async () => {
    const document: ApiDocument = (await test.ask(undefined, { url: "/openapi.json" })).json();
    const response = await test.ask(undefined, { url: "/docs" });
    expect(response.headers["content-type"]).to.equal("text/html; charset=utf-8");
    expect(response.headers["content-security-policy"]).to.include("default-src 'none'");
    for (const methods of Object.values(document.paths)) {
      for (const { operationId } of Object.values(methods)) expect(response.body).to.include(`id="${operationId}"`);
    }
    for (const name of Object.keys(document.components.schemas))
      expect(response.body).to.include(`id="schema-${name}"`);
    expect(response.body).not.to.match(/<script|src=|href="(?!#|openapi\.json)/);
  });

  it("has a target for each of its links", async () => {
    const { body } = await test.ask(undefined, { url: "/docs" });
    const links = [...body.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    const targets = new Set([...body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    expect(links.filter((id) => !targets.has(id))).to.deep.equal([]);
  });
});
