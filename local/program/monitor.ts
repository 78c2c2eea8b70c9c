import messages, {
  type ReadResourceRequest,
  type RegisterResourceOutputsRequest,
  type RegisterResourceRequest,
  type RegisterResourceResponse,
  type ResourceInvokeRequest,
  type ResourceInvokeResponse,
} from "@pulumi/pulumi/proto/resource_pb.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import { describe, messageOf } from "./answers/answer.ts";
import { plainProperties } from "./plain.ts";
import type { Provider } from "./provider.ts";
import { type GrowingRecording, type RecordedResource, record } from "./recording.ts";

const stackType = "pulumi:pulumi:Stack";

/** Takes the place of Pulumi's engine: records what a program declares, and has the local provider answer it. */
export class RecordingMonitor {
  /** What went wrong, resource by resource, in the order in which it did. */
  readonly failures: Error[] = [];
  readonly #recording: GrowingRecording;
  readonly #provider: Provider;
  readonly #onRecorded: (resource: RecordedResource) => void;
  readonly #urns = new Set<string>();
  readonly #underWay = new Set<string>();

  constructor(
    recording: GrowingRecording,
    provider: Provider,
    onRecorded: (resource: RecordedResource) => void = () => {},
  ) {
    this.#recording = recording;
    this.#provider = provider;
    this.#onRecorded = onRecorded;
  }

  /** What the provider has not answered yet. */
  get underWay(): readonly string[] {
    return [...this.#underWay];
  }

  async registerResource(request: RegisterResourceRequest): Promise<RegisterResourceResponse> {
    const [type, name, custom] = [request.getType(), request.getName(), request.getCustom()];
    const urn = this.#urnOf(request);
    return this.#attempt(describe({ type, name }), async () => {
      if (this.#urns.has(urn)) {
        throw new Error(`${describe({ type, name })} is declared twice under one parent; give one another name`);
      }
      this.#urns.add(urn);
      const inputs = plainProperties(request.getObject()?.toJavaScript() ?? {});
      const { id, outputs } = custom
        ? await this.#provider.create({ urn, type, name, inputs })
        : { id: "", outputs: {} };
      const state = { ...inputs, ...outputs };
      if (type !== stackType) {
        this.#record({
          urn,
          type,
          name,
          custom,
          parent: request.getParent(),
          id,
          inputs,
          outputs: state,
          dependsOn: request.getDependenciesList(),
          protect: request.getProtect() ?? false,
        });
      }
      return new messages.RegisterResourceResponse().setUrn(urn).setId(id).setObject(toStruct(state));
    });
  }

  async registerResourceOutputs(request: RegisterResourceOutputsRequest): Promise<void> {
    const outputs = plainProperties(request.getOutputs()?.toJavaScript() ?? {});
    const resource = this.#recording.resources.find(({ urn }) => urn === request.getUrn());
    if (resource) this.#record({ ...resource, outputs });
    else Object.assign(this.#recording.outputs, outputs);
  }

  async invoke(request: ResourceInvokeRequest): Promise<ResourceInvokeResponse> {
    const token = request.getTok();
    return this.#attempt(token, async () =>
      new messages.ResourceInvokeResponse().setReturn(toStruct(this.#provider.call(token))),
    );
  }

  async readResource(request: ReadResourceRequest): Promise<never> {
    return this.#attempt(describe({ type: request.getType(), name: request.getName() }), async () => {
      throw new Error("it exists already in AWS, and the local cloud has nothing but what the program declares");
    });
  }

  async #attempt<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.#underWay.add(what);
    try {
      return await work();
    } catch (error) {
      const message = messageOf(error);
      // A function's own error knows nothing of the resource that ran it.
      const failure = message.includes(what) ? message : `${what}: ${message}`;
      this.failures.push(new Error(failure, { cause: error }));
      throw error;
    } finally {
      this.#underWay.delete(what);
    }
  }

  /** Adds a resource, or puts it in place of what was recorded of it before its component was complete. */
  #record(resource: RecordedResource): void {
    record(this.#recording, resource);
    this.#onRecorded(resource);
  }

  /** As Pulumi's engine forms it: the types of all ancestors but the stack, joined by `$`. */
  #urnOf(request: RegisterResourceRequest): string {
    const { stack, project } = this.#recording;
    const parentType = request.getParent().split("::")[2] ?? "";
    const types =
      parentType === "" || parentType === stackType ? request.getType() : `${parentType}$${request.getType()}`;
    return `urn:pulumi:${stack}::${project}::${types}::${request.getName()}`;
  }
}

function toStruct(value: Record<string, unknown>) {
  // JSON is what the protocol can carry; what is undefined falls away.
  return structs.Struct.fromJavaScript(JSON.parse(JSON.stringify(value)));
}
