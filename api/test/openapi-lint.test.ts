import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "chai";

const run = promisify(execFile);
const root = new URL("../../", import.meta.url);

describe("The OpenAPI document that is checked in", () => {
  it("satisfies a stock linter", async () => {
    const { stderr } = await run("redocly", ["lint", "api/openapi.json", "--config", "redocly.yaml"], {
      cwd: root,
      env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true", NO_COLOR: "1" },
    });
    expect(stderr).to.include("Your API description is valid");
  });
});
