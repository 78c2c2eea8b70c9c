import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

describe("npm run bench", () => {
  const run = (...parameters: string[]) =>
    new Promise<{ code: unknown; stderr: string }>((resolve) => {
      const main = fileURLToPath(new URL("../main.ts", import.meta.url));
      execFile(process.execPath, [main, ...parameters], (error, _stdout, stderr) => {
        resolve({ code: error?.code ?? 0, stderr });
      });
    });

  const wrong: [string, string[]][] = [
    ["without a name", []],
    ["with a name that it does not know", ["speed"]],
    ["with two names", ["signing", "local"]],
    ["with no time to measure", ["signing", "--seconds", "0"]],
    ["with a time that is no number", ["signing", "--seconds", "soon"]],
  ];
  for (const [title, parameters] of wrong) {
    it(`says what can be measured when it is called ${title}`, async () => {
      const { code, stderr } = await run(...parameters);
      expect(code).to.equal(2);
      expect(stderr).to.match(/^Usage: npm run bench -- <.*signing.*> \[--seconds/);
    });
  }
});
