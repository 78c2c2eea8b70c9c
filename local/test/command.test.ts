import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { choosePorts } from "../addresses.ts";
import { startTestCloud } from "./support/test-cloud.ts";
import { until } from "./support/until.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const main = join(root, "local", "main.ts");

describe("the command that starts the local cloud", () => {
  let dataDir: string;
  let running: ChildProcess | undefined;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "latchkey-"));
  });
  afterEach(async () => {
    running?.kill("SIGKILL");
    await rm(dataDir, { recursive: true, force: true });
  });

  /** What it has said is in `said()`; `ended` resolves to its exit code, null for a signal. */
  const start = (...options: string[]) => run(process.execPath, main, "--data", dataDir, ...options);
  function run(command: string, ...args: string[]) {
    let text = "";
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
    }
    running = child;
    return { child, said: () => text, ended: once(child, "exit").then(([code]) => code as number | null) };
  }

  /** The first of five ports in a row that are free. */
  async function freePorts(): Promise<number> {
    for (let first = 20_000 + (process.pid % 20_000); ; first += 5) {
      const free = await choosePorts(first).then(
        () => true,
        () => false,
      );
      if (free) return first;
    }
  }

  const wrong: [string, string[], RegExp][] = [
    ["a port in words", ["--port", "abc"], /--port abc: give a whole number from 1024 to 65530/],
    ["a port in another notation", ["--port", "0x1388"], /--port 0x1388: give a whole number/],
    ["a port for the superuser", ["--port", "80"], /--port 80: give a whole number/],
    ["no folder for its data", ["--data", ""], /--data names no folder/],
    ["an option that it does not have", ["--prot", "5000"], /Unknown option '--prot'/],
  ];
  for (const [what, options, message] of wrong) {
    it(`given ${what} says what to give, and starts nothing`, async () => {
      const { said, ended } = start(...options);
      expect(await ended).to.equal(1);
      expect(said()).to.match(message).and.include("npm start -- [--port N]");
      expect(await readdir(dataDir)).to.deep.equal([]);
    });
  }

  it("touches no folder of somebody else's", async () => {
    await mkdir(join(dataDir, "s3"));
    await writeFile(join(dataDir, "thesis.txt"), "years of work");
    const { said, ended } = start("--port", String(await freePorts()));
    expect(await ended).to.equal(1);
    expect(said()).to.match(/no data folder.*--data/s);
    expect((await readdir(dataDir)).sort()).to.deep.equal(["s3", "thesis.txt"]);
  });

  it("told to stop while it starts, takes down what it had started", async () => {
    const { child, said, ended } = start("--port", String(await freePorts()));
    await until(() => said().includes("Running the Pulumi program"));
    child.kill("SIGTERM");
    expect(await ended).to.equal(1);
    expect(said()).to.include("told to stop");
    expect(await readdir(dataDir)).not.to.include.members(["lock"]);
  });

  it("stops at a signal, and takes its addresses away", async () => {
    const { child, said, ended } = start("--port", String(await freePorts()));
    await until(() => said().includes("Stop with Ctrl-C"));
    const { api } = JSON.parse(await readFile(join(dataDir, "local.json"), "utf8"));
    child.kill("SIGINT");
    expect(await ended).to.equal(0);
    expect(await readdir(dataDir)).not.to.include.oneOf(["local.json", "lock"]);
    expect(await fetch(api).catch(() => "nobody there")).to.equal("nobody there");
  });

  it("stops with npm, whose shell passes no signal on", async () => {
    const port = await freePorts();
    const { child, said } = run("npm", "start", "--", "--data", dataDir, "--port", String(port));
    await until(() => said().includes("Stop with Ctrl-C"));
    child.kill("SIGINT");
    await until(() => said().includes("Your photos are kept"));
    expect(await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => "nobody there")).to.equal("nobody there");
  });

  it("leaves no process behind that holds a port when it is killed, and no address that seems to answer", async () => {
    const port = await freePorts();
    const { child, said, ended } = start("--port", String(port));
    await until(() => said().includes("Stop with Ctrl-C"));
    child.kill("SIGKILL");
    await ended;
    while (await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined));
    expect(await readdir(dataDir)).to.include("local.json");
    const next = await startTestCloud({ dataDir, port });
    const kept = await readdir(dataDir);
    await next.stop();
    expect(kept).not.to.include("local.json");
  });
});
