import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { declare, root } from "./support/declared.ts";

describe("What the guides name", () => {
  let pages: readonly (readonly [path: string, text: string])[];
  before(async () => {
    const paths = [
      "README.md",
      "local/README.md",
      ...(await readdir(join(root, "docs"))).map((name) => `docs/${name}`),
    ];
    pages = await Promise.all(
      paths
        .filter((path) => path.endsWith(".md"))
        .map(async (path) => [path, await readFile(join(root, path), "utf8")] as const),
    );
  });

  /** What a pattern's first group finds on every page, by page. */
  function named(pattern: RegExp): [path: string, name: string][] {
    return pages.flatMap(([path, text]) =>
      [...text.matchAll(pattern)].map(([, name = ""]): [string, string] => [path, name]),
    );
  }

  it("as a setting is declared in Pulumi.yaml", async () => {
    const { config } = parse(await readFile(join(root, "Pulumi.yaml"), "utf8"));
    const settings = named(/\blatchkey:([a-z]\w*)\b(?!:)/g);
    expect(settings.length).to.be.above(20);
    for (const [path, name] of settings) expect(config, path).to.have.property(`latchkey:${name}`);
  });

  it("as an output is one of the program's", async () => {
    const { outputs } = await declare("prod");
    const called = named(/(?:pulumi stack |\$\()output (\w+)/g);
    const listed = named(/^\| ((?:`\w+`(?:, )?)+) \|/gm).flatMap(([path, cell]) =>
      path === "docs/deploy.md" ? [...cell.matchAll(/\w+/g)].map(([name]): [string, string] => [path, name]) : [],
    );
    expect(called).not.to.have.length(0);
    expect(listed).not.to.have.length(0);
    for (const [path, name] of [...called, ...listed]) expect(outputs, path).to.have.property(name);
  });

  it("as a component of the program is one, and the picture of the whole leaves none out", async () => {
    const { resources } = await declare("prod", {
      "latchkey:malwareScan": "guardduty",
      "latchkey:configRules": "true",
      "latchkey:auditorAccount": "111111111111",
      "latchkey:auditorExternalId": "agreed-on-with-acme",
    });
    const components = resources.filter(({ custom }) => !custom).map(({ type }) => type.split(":")[2]);
    const listed = named(/^\| ((?:`\w+`(?:, )?)+) \|/gm).flatMap(([path, cell]) =>
      path === "docs/architecture.md" ? [...cell.matchAll(/\w+/g)].map(([name]) => name) : [],
    );
    expect(listed).to.have.members([...new Set(components)]);
    const drawn = named(/```mermaid\n(.*?)```/gs).flatMap(([path, picture]) =>
      path === "docs/architecture.md" ? (picture.match(/\b(?:[A-Z][a-z]+){2,}\b/g) ?? []) : [],
    );
    expect(drawn).not.to.have.length(0);
    expect(components).to.include.members(drawn);
  });

  it("as a script of npm is one", async () => {
    const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    const run = named(/\bnpm run ([a-z]\w*(?::\w+)?)/g);
    expect(run).not.to.have.length(0);
    for (const [path, name] of run) expect(scripts, path).to.have.property(name);
  });

  it("as a file of the checkout is there", async () => {
    for (const [path, target] of named(/\]\((?!https?:|#)([^)#]+)/g)) {
      const file = join(root, path, "..", target);
      expect(
        await readFile(file)
          .catch(() => readdir(file))
          .catch(() => undefined),
        `${target} in ${path}`,
      ).to.be.ok;
    }
  });
});
