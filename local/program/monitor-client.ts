import messages from "@pulumi/pulumi/proto/resource_pb.js";
import type { RecordingMonitor } from "./monitor.ts";

type Done<T> = (error: Error | null, response?: T) => void;

// Without this one, the runtime works out old names of resources by itself, which it can't for those that it reads.
const features = new messages.DeploymentInfo().setSupportedfeaturesList([
  messages.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
]);

/** The monitor as Pulumi's runtime calls it in its own process, in the callback style of its gRPC client. */
export function clientOf(monitor: RecordingMonitor) {
  return {
    registerResource: answering(monitor.registerResource, monitor),
    registerResourceOutputs: answering(monitor.registerResourceOutputs, monitor),
    invoke: answering(monitor.invoke, monitor),
    readResource: answering(monitor.readResource, monitor),
    getDeploymentInfo: (_: unknown, done: Done<messages.DeploymentInfo>) => done(null, features),
    close: () => {},
  };
}

function answering<Request, Response>(method: (request: Request) => Promise<Response>, monitor: RecordingMonitor) {
  return (request: Request, done: Done<Response>) => {
    method.call(monitor, request).then(
      (response) => done(null, response),
      (error) => done(error),
    );
  };
}
