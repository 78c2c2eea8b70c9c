// Runs a command of node_modules/.bin, after installing from the lockfile when it has to: `npm start` and `npm test` work on a
// fresh clone as they are. It must itself run on whatever Node the system has.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { isatty } from "node:tty";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, "node_modules", ".bin");
const [command, ...args] = process.argv.slice(2);

/** npm writes its hidden lockfile last, so an older one means an install that is missing, stale or was cut short. */
function installed() {
  const done = join(root, "node_modules", ".package-lock.json");
  return (
    existsSync(done) &&
    existsSync(join(bin, "node")) &&
    statSync(done).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs
  );
}

function install() {
  // On stderr, as all that npm says of it: what a command prints may be taken by another.
  console.error("Installing the packages of package-lock.json (about a minute, once) …");
  const npm = process.env.npm_execpath;
  const options = { cwd: root, stdio: ["inherit", 2, "inherit"] };
  const { status, error } = npm
    ? spawnSync(process.execPath, [npm, "ci", "--loglevel=error"], options)
    : spawnSync("npm", ["ci", "--loglevel=error"], options);
  if (status !== 0) {
    console.error(
      `npm ci failed${error ? `: ${error.message}` : ""}. Mend what it says above, then run this command again.`,
    );
    process.exit(status ?? 1);
  }
  if (!existsSync(join(bin, "node"))) {
    console.error(
      "The `node` package did not install Node 24. Allow its install script (npm config get ignore-scripts), then run `npm ci`.",
    );
    process.exit(1);
  }
}

if (!installed()) install();
const child = spawn(join(bin, command), args, {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
});
// A terminal sends Ctrl-C to the whole group, so the child already has it; a supervisor signals only us, or npm, which tells us.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => (signal !== "SIGINT" || !isatty(0)) && child.kill(signal));
}
child.on("error", (error) => {
  console.error(`${command} did not start: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
