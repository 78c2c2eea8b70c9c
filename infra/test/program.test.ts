import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { RecordedResource, Recording } from "../../local/program/recording.ts";
import { runProgram } from "../../local/program/run.ts";
import { readStackFile, stacksOf } from "../../local/program/stack-file.ts";
import { madeKey } from "./support/made-key.ts";
import { runInEngine } from "./support/run-in-engine.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** In an order that does not depend on which answer came first. */
function graph(recording: Recording) {
  const byUrn = (a: RecordedResource, b: RecordedResource) => (a.urn < b.urn ? -1 : 1);
  return recording.resources.map((each) => ({ ...each, dependsOn: [...each.dependsOn].sort() })).sort(byUrn);
}

for (const stack of await stacksOf(root)) {
  describe(`The program, with the stack file of ${stack}`, () => {
    const inProcess = async () => {
      return runProgram({ stackFile: await readStackFile(root, stack), invoke: async () => madeKey });
    };

    it("declares the same graph twice", async () => {
      expect(graph(await inProcess())).to.deep.equal(graph(await inProcess()));
    });

    it("declares the same graph in Pulumi's own runner", async () => {
      const { exitCode, recording, messages } = await runInEngine(await readStackFile(root, stack), "up");
      expect(messages).to.deep.equal([]);
      expect(exitCode).to.equal(0);
      const here = await inProcess();
      expect(graph(recording)).to.deep.equal(graph(here));
      expect(recording.outputs).to.deep.equal(here.outputs);
    });

    it("declares every resource in a preview, where nothing is known, so that none waits inside an apply", async () => {
      const { exitCode, recording, messages } = await runInEngine(await readStackFile(root, stack), "preview");
      expect(messages).to.deep.equal([]);
      expect(exitCode).to.equal(0);
      expect(graph(recording).map(({ urn }) => urn)).to.deep.equal(graph(await inProcess()).map(({ urn }) => urn));
    });
  });
}
