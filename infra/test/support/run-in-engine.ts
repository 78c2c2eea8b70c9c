import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { type handleUnaryCall, Server, ServerCredentials, status } from "@grpc/grpc-js";
import engineServices from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";
import monitorServices from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import resources from "@pulumi/pulumi/proto/resource_pb.js";
import empties from "google-protobuf/google/protobuf/empty_pb.js";
import { RecordingMonitor } from "../../../local/program/monitor.ts";
import { LocalProvider } from "../../../local/program/provider.ts";
import { type Recording, startRecording } from "../../../local/program/recording.ts";
import type { StackFile } from "../../../local/program/stack-file.ts";
import { madeKey } from "./made-key.ts";

export interface EngineRun {
  readonly exitCode: number | null;
  readonly recording: Recording;
  /** What the program or Pulumi's runtime said, errors and warnings only. */
  readonly messages: readonly string[];
  /** What the engine was sent of each resource that its state would hold in the clear: all but secrets. */
  readonly clear: readonly string[];
}

const nodeRunner = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run/index.js");
const programFolder = fileURLToPath(new URL("../..", import.meta.url));
const warning = 2;

/**
 * Runs the program as `pulumi up` or `pulumi preview` does: in Pulumi's own Node runner, a process of its own, which
 * talks gRPC to an engine. The engine here answers as the local provider does, and in a preview knows nothing that AWS
 * would compute.
 */
export async function runInEngine(stackFile: StackFile, command: "up" | "preview"): Promise<EngineRun> {
  const recording = startRecording(stackFile);
  const provider = new LocalProvider(recording, async () => madeKey);
  const monitor = new RecordingMonitor(
    recording,
    command === "up" ? provider : { call: (token) => provider.call(token), create: async () => ({ id: "" }) },
  );
  const messages: string[] = [];
  const clear: string[] = [];
  const server = new Server();
  server.addService(monitorServices.ResourceMonitorService, {
    getDeploymentInfo: unary(async () => deploymentInfo()),
    registerResource: unary((request: resources.RegisterResourceRequest) => {
      clear.push(`${request.getName()} ${withoutSecrets(request.getObject()?.toJavaScript())}`);
      return monitor.registerResource(request);
    }),
    registerResourceOutputs: unary(async (request: resources.RegisterResourceOutputsRequest) => {
      clear.push(`${request.getUrn()} ${withoutSecrets(request.getOutputs()?.toJavaScript())}`);
      await monitor.registerResourceOutputs(request);
      return new empties.Empty();
    }),
    invoke: unary((request: resources.ResourceInvokeRequest) => monitor.invoke(request)),
    signalAndWaitForShutdown: unary(async () => new empties.Empty()),
  });
  server.addService(engineServices.EngineService, {
    log: unary(async (request: engine.LogRequest) => {
      if (request.getSeverity() >= warning) messages.push(request.getMessage());
      return new empties.Empty();
    }),
    setRootResource: unary(async () => new engine.SetRootResourceResponse()),
  });
  const port = await listen(server);
  try {
    const address = `127.0.0.1:${port}`;
    const { project, stack, config } = stackFile;
    const child = spawn(
      process.execPath,
      [
        nodeRunner,
        ...["--monitor", address, "--engine", address, "--project", project, "--stack", stack],
        ...["--organization", "local", "--parallel", "16", "--pwd", programFolder],
        ...(command === "preview" ? ["--dry-run"] : []),
        // Pulumi.yaml's `main` is a folder, and so Pulumi asks for whatever that folder's program is.
        ".",
      ],
      {
        env: { ...process.env, PULUMI_CONFIG: JSON.stringify(config), PULUMI_NODEJS_TYPESCRIPT: "false" },
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    child.stderr.setEncoding("utf8").on("data", (text: string) => messages.push(text));
    const [exitCode] = await once(child, "close");
    return { exitCode, recording, messages, clear };
  } finally {
    server.forceShutdown();
  }
}

/** Pulumi wraps a secret into an object that says so by this signature. */
function withoutSecrets(properties: unknown): string {
  return JSON.stringify(properties, (_, value) =>
    value?.["4dabf18193072939515e22adb298388d"] === "1b47061264138c4ac30d75fd1eb44270" ? "a secret" : value,
  );
}

function deploymentInfo(): resources.DeploymentInfo {
  const {
    RESOURCE_MONITOR_FEATURE_SECRETS,
    RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
    RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
  } = resources.ResourceMonitorFeature;
  return new resources.DeploymentInfo().setSupportedfeaturesList([
    RESOURCE_MONITOR_FEATURE_SECRETS,
    RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
    RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
  ]);
}

function unary<Request, Response>(work: (request: Request) => Promise<Response>): handleUnaryCall<Request, Response> {
  return ({ request }, done) => {
    work(request).then(
      (response) => done(null, response),
      (error) => done({ code: status.UNKNOWN, details: String(error) }),
    );
  };
}

async function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}
