import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { build } from "esbuild";
import { buildClient } from "../../scripts/build-client.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const tsc = fileURLToPath(import.meta.resolve("typescript/bin/tsc"));

/** What the types must let through, and what they must not. */
const misuse = `
import { createLatchkey } from "@latchkey/client";
const latchkey = createLatchkey({ baseUrl: "http://127.0.0.1" });
await latchkey.get("/v1/photos");
const { photo } = await latchkey.post("/v1/photos/{photoId}/complete", { params: { path: { photoId: "1" } } });
const width: number | null = photo.width;
const nothing: undefined = await latchkey.delete("/v1/blocks/{userId}", { params: { path: { userId: "2" } } });
for await (const { photo } of latchkey.paginate("/v1/feed")) photo.createdAt satisfies string;
// @ts-expect-error: no such path
await latchkey.get("/v1/nothing");
// @ts-expect-error: no such method there
await latchkey.delete("/healthz");
// @ts-expect-error: the parameters are missing
await latchkey.get("/v1/photos/{photoId}");
// @ts-expect-error: no such parameter
await latchkey.get("/v1/photos", { params: { query: { limits: 3 } } });
// @ts-expect-error: the body is incomplete
await latchkey.post("/v1/photos", { body: { size: 3 } });
// @ts-expect-error: one photo is no list
latchkey.paginate("/v1/photos/{photoId}");
// @ts-expect-error: not for everybody
latchkey.permalink("1", "original");
// @ts-expect-error: no such option
await latchkey.upload("photo.jpg", { colour: "blue" });
export { nothing, width };
`;

describe("The client as a package", () => {
  let project: string;
  before(async () => {
    project = await mkdtemp(join(tmpdir(), "latchkey-package-"));
    const installed = join(project, "node_modules", "@latchkey", "client");
    await mkdir(installed, { recursive: true });
    await cp(join(root, "client", "package.json"), join(installed, "package.json"));
    for (const name of ["openapi-fetch", "openapi-typescript-helpers", "@types", "undici-types"])
      await symlink(join(root, "node_modules", name), join(project, "node_modules", name));
    await buildClient(join(installed, "dist"));
    await writeFile(join(project, "package.json"), '{ "type": "module" }');
    await writeFile(join(project, "misuse.ts"), misuse);
    const readme = await readFile(join(root, "client", "README.md"), "utf8");
    const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
    expect(examples).to.have.length.greaterThan(3);
    for (const [index, code] of examples.entries()) await writeFile(join(project, `example-${index}.ts`), code);
  });
  after(() => rm(project, { recursive: true }));

  const settings: [string, object][] = [
    ["Node", { module: "nodenext", lib: ["es2022"], types: ["node"], skipLibCheck: true }],
    [
      "a bundler, for the browser",
      { module: "esnext", moduleResolution: "bundler", lib: ["es2022", "dom", "dom.asynciterable"], types: [] },
    ],
  ];
  for (const [what, compilerOptions] of settings) {
    it(`has types that the README's examples keep, and misuse breaks, under ${what}`, async () => {
      const strict = { strict: true, noEmit: true, exactOptionalPropertyTypes: true, target: "es2022" };
      await writeFile(
        join(project, "tsconfig.json"),
        JSON.stringify({ compilerOptions: { ...strict, ...compilerOptions } }),
      );
      const { stdout } = await run(process.execPath, [tsc, "-p", project]).catch((error: { stdout: string }) => error);
      expect(stdout).to.equal("");
    });
  }

  it("runs in Node as it is", async () => {
    const script = `import { createLatchkey } from "@latchkey/client"; console.log(createLatchkey({ baseUrl: "https://a.example/b/" }).permalink("1", "640"));`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], { cwd: project });
    expect(stdout.trim()).to.equal("https://a.example/b/p/1/640");
  });

  it("brings nothing of Node to a browser", async () => {
    const stdin = { contents: 'export * from "@latchkey/client";', resolveDir: project };
    const { metafile } = await build({
      stdin,
      bundle: true,
      format: "esm",
      platform: "browser",
      write: false,
      metafile: true,
    });
    const inputs = Object.keys(metafile.inputs).map((path) => path.replace(/^.*node_modules\//, ""));
    expect(inputs.toSorted()).to.deep.equal([
      "<stdin>",
      "@latchkey/client/dist/browser.js",
      "openapi-fetch/dist/index.mjs",
    ]);
  });

  it("depends on what the root's lockfile pins", async () => {
    const manifest = async (path: string) => JSON.parse(await readFile(join(root, path), "utf8"));
    const { dependencies } = await manifest("client/package.json");
    const { devDependencies } = await manifest("package.json");
    for (const [name, version] of Object.entries(dependencies)) expect(devDependencies[name], name).to.equal(version);
  });
});
