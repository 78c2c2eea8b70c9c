import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { credentials } from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import empties from "google-protobuf/google/protobuf/empty_pb.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import type { RecordedResource } from "../../../local/program/recording.ts";

/** What Pulumi would print of a violation, or of a policy that it could not run in a preview. */
export interface Diagnostic {
  readonly policy: string;
  readonly level: "advisory" | "mandatory";
  readonly message: string;
  readonly urn: string;
}

/** The pack in a process of its own, as the engine talks to it. */
export interface ServedPack {
  /** The policies' names. */
  describe(): Promise<string[]>;
  /** What a policy says before each of these resources is built, of what was asked for. */
  analyze(resources: readonly RecordedResource[]): Promise<Diagnostic[]>;
  /** What it says of the whole, with what AWS has computed. */
  analyzeStack(resources: readonly RecordedResource[]): Promise<Diagnostic[]>;
  close(): Promise<void>;
}

const packRunner = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run-policy-pack/index.js");
const packFolder = fileURLToPath(new URL("../../policy-pack", import.meta.url));

/** Serves the pack as `pulumi up --policy-pack` does: by Pulumi's own runner, started in the pack's folder. */
export async function servePack(): Promise<ServedPack> {
  // The pack calls no engine, so that its address may be anybody's.
  const child = spawn(process.execPath, [packRunner, "127.0.0.1:1", "."], {
    cwd: packFolder,
    stdio: ["ignore", "pipe", "pipe"],
    // Or one that never says where it listens would outlive the test that waits for it.
    timeout: 180_000,
  });
  const closed = once(child, "close");
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  const [port] = await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    closed.then(() => Promise.reject(new Error(`The pack did not start: ${complaints}`))),
  ]);
  const client = new services.AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
  return {
    describe: async () => {
      const info = await call<analyzer.AnalyzerInfo>((done) => client.getAnalyzerInfo(new empties.Empty(), done));
      return info.getPoliciesList().map((policy) => policy.getName());
    },
    analyze: async (resources) => {
      const found: Diagnostic[] = [];
      for (const { type, urn, name, inputs } of resources) {
        const request = new analyzer.AnalyzeRequest().setType(type).setUrn(urn).setName(name);
        request.setOptions(new analyzer.AnalyzerResourceOptions()).setProperties(structOf(inputs));
        const answer = await call<analyzer.AnalyzeResponse>((done) => client.analyze(request, done));
        found.push(...diagnosticsOf(answer).map((each) => ({ ...each, urn })));
      }
      return found;
    },
    analyzeStack: async (resources) => {
      const request = new analyzer.AnalyzeStackRequest().setResourcesList(
        resources.map(({ type, urn, name, id, outputs }) =>
          new analyzer.AnalyzerResource()
            .setType(type)
            .setUrn(urn)
            .setName(name)
            .setOptions(new analyzer.AnalyzerResourceOptions())
            .setProperties(structOf({ ...outputs, id })),
        ),
      );
      return diagnosticsOf(await call<analyzer.AnalyzeResponse>((done) => client.analyzeStack(request, done)));
    },
    close: async () => {
      client.close();
      child.kill();
      await closed;
    },
  };
}

function diagnosticsOf(answer: analyzer.AnalyzeResponse): Diagnostic[] {
  return answer.getDiagnosticsList().map((each) => ({
    policy: each.getPolicyname(),
    level: each.getEnforcementlevel() === analyzer.EnforcementLevel.MANDATORY ? "mandatory" : "advisory",
    message: each.getMessage(),
    urn: each.getUrn(),
  }));
}

/** JSON first, because Pulumi's protocol knows no `undefined`. */
function structOf(properties: Readonly<Record<string, unknown>>) {
  return structs.Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)));
}

function call<Answer>(send: (done: (error: Error | null, answer: Answer) => void) => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    send((error, answer) => (error ? reject(error) : resolve(answer)));
  });
}
