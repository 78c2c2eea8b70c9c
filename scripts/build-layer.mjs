// Puts the Lambda layer of the renditions worker together: the decoders as package-lock.json pins them, with the binaries of
// linux-arm64, whatever this machine is. `pulumi up` uploads .build/sharp-layer; nothing else reads it.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const layer = `${root}.build/sharp-layer`;
const { packages } = JSON.parse(readFileSync(`${root}package-lock.json`, "utf8"));
const decoders = ["sharp", "libheif-js"];
const project = {
  name: "sharp-layer",
  version: "0.0.0",
  private: true,
  dependencies: Object.fromEntries(decoders.map((name) => [name, packages[`node_modules/${name}`].version])),
};
const lock = JSON.stringify(
  {
    name: project.name,
    version: project.version,
    lockfileVersion: 3,
    packages: { "": project, ...Object.assign({}, ...decoders.map(closureOf)) },
  },
  null,
  2,
);

if (read(`${layer}/nodejs/package-lock.json`) === lock) {
  console.log("The sharp layer is up to date.");
} else {
  build();
  console.log("The sharp layer is in .build/sharp-layer.");
}

/** Built aside and moved into place, so that a build that was broken off leaves nothing that looks complete. */
function build() {
  const aside = `${layer}.${process.pid}`;
  try {
    mkdirSync(`${aside}/nodejs`, { recursive: true });
    writeFileSync(`${aside}/nodejs/package.json`, JSON.stringify(project, null, 2));
    writeFileSync(`${aside}/nodejs/package-lock.json`, lock);
    const flags = [
      "--os=linux",
      "--cpu=arm64",
      "--libc=glibc",
      "--ignore-scripts",
      "--no-bin-links",
      "--no-audit",
      "--no-fund",
    ];
    const { status } = spawnSync("npm", ["ci", ...flags], {
      cwd: `${aside}/nodejs`,
      stdio: ["ignore", "inherit", "inherit"],
    });
    if (status !== 0) throw new Error("npm could not install the decoders for linux-arm64; see above");
    // Holds the names of this machine's registry; the layer's hash must not depend on them.
    rmSync(`${aside}/nodejs/node_modules/.package-lock.json`);
    rmSync(layer, { recursive: true, force: true });
    renameSync(aside, layer);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** The lockfile's entries for a package and all that it needs, on every platform. */
function closureOf(name) {
  const entries = {};
  const visit = (path) => {
    if (path === undefined || entries[path]) return;
    const { dev, devOptional, ...entry } = packages[path];
    entries[path] = entry;
    const needs = Object.keys({ ...entry.dependencies, ...entry.optionalDependencies });
    for (const need of needs)
      visit([`${path}/node_modules/${need}`, `node_modules/${need}`].find((each) => packages[each]));
  };
  visit(`node_modules/${name}`);
  return entries;
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
