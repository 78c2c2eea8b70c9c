import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { exampleEnvironment } from "../example-environment.ts";

const server = fileURLToPath(new URL("../server.ts", import.meta.url));

/** Nothing listens on port 1, so that whatever the API asks of AWS is refused at once. */
const nowhere = {
  AWS_ENDPOINT_URL: "http://127.0.0.1:1",
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "example",
};

describe("The server", () => {
  const running: ChildProcess[] = [];
  afterEach(() => {
    for (const child of running.splice(0)) child.kill("SIGKILL");
  });

  function start(env: NodeJS.ProcessEnv): ChildProcess {
    const child = spawn(process.execPath, [server], { env: { ...exampleEnvironment, ...nowhere, ...env } });
    running.push(child);
    return child;
  }
  /** Resolves to where it listens, as its log says. */
  async function listening(child: ChildProcess): Promise<string> {
    for await (const chunk of child.stdout ?? []) {
      const address = String(chunk).match(/http:\/\/127\.0\.0\.1:\d+/)?.[0];
      if (address) return address;
    }
    throw new Error("The server ended without listening");
  }
  async function ended(child: ChildProcess): Promise<{ code: number; said: string }> {
    const [said, [code]] = await Promise.all([child.stderr?.toArray(), once(child, "exit")]);
    return { code, said: (said ?? []).join("") };
  }

  it("is alive at once, and ready only when its dependencies answer", async () => {
    const url = await listening(start({ PORT: "0" }));
    expect((await fetch(`${url}/healthz`)).status).to.equal(200);
    const ready = await fetch(`${url}/readyz`);
    expect(ready.status).to.equal(503);
    expect(ready.headers.get("retry-after")).to.equal("2");
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`ends by itself on ${signal}`, async () => {
      const child = start({ PORT: "0" });
      await listening(child);
      child.kill(signal);
      expect(await ended(child)).to.deep.equal({ code: 0, said: "" });
    });
  }

  it("says which port is in use, and what to do", async () => {
    const other = createServer();
    await once(other.listen(0, "127.0.0.1"), "listening");
    const address = other.address();
    const port = typeof address === "object" ? String(address?.port) : "";
    const { code, said } = await ended(start({ PORT: port }));
    other.close();
    expect(code).to.equal(1);
    expect(said).to.equal(`Port ${port} of 127.0.0.1 is in use: stop what listens there, or set PORT to another one\n`);
  });

  it("does not start with a bad environment, and says what is wrong with it", async () => {
    const { code, said } = await ended(start({ LATCHKEY_BUCKET: "", PORT: "0" }));
    expect(code).to.equal(1);
    expect(said).to.include("LATCHKEY_BUCKET").and.not.include("    at ");
  });
});
