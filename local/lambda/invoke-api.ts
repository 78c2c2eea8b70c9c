import { AwsError, notImplemented } from "../gateway/protocols.ts";
import { requireAccess } from "../require-access.ts";
import type { AwsApi, AwsCall, AwsReply, ServiceContext } from "../service.ts";
import { type DeclaredFunction, findFunction } from "./declared-function.ts";
import type { FunctionRunner } from "./function-runner.ts";

const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;
const invocations = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** The Invoke operation of the Lambda API, answering when the function has. */
export function createInvokeApi({ recording, authorize }: ServiceContext, runner: FunctionRunner): AwsApi {
  function find({ path, query, principal }: AwsCall): DeclaredFunction {
    const [, name] = invocations.exec(path) ?? [];
    if (name === undefined) throw notImplemented("lambda", "every operation but Invoke");
    const qualifier = query.get("Qualifier");
    const id = decodeURIComponent(name) + (qualifier === null ? "" : `:${qualifier}`);
    const declared = findFunction(recording, id);
    if (!declared) throw new AwsError("ResourceNotFoundException", 404, `Function not found: ${id}`);
    const request = { principal, action: "lambda:InvokeFunction", resource: declared.arn, context: {} };
    requireAccess(authorize, request, { code: "AccessDeniedException", status: 403 });
    return declared;
  }

  return {
    service: "lambda",
    maxBodyBytes: MAX_PAYLOAD_BYTES,
    async call(call): Promise<AwsReply> {
      const declared = find(call);
      const type = call.headers["x-amz-invocation-type"] ?? "RequestResponse";
      if (type === "DryRun") return { status: 204, headers: {}, body: "" };
      if (type !== "RequestResponse") throw notImplemented("lambda", `Invoke with the invocation type ${type}`);
      if (call.headers["x-amz-log-type"] === "Tail") throw notImplemented("lambda", "Invoke with the log type Tail");
      const { failed, payload } = await runner.invoke(declared, readPayload(call.body));
      return {
        status: 200,
        headers: {
          "content-type": "application/json",
          "x-amz-executed-version": "$LATEST",
          ...(failed && { "x-amz-function-error": "Unhandled" }),
        },
        body: payload,
      };
    },
  };
}

function readPayload(body: Buffer): string {
  const payload = body.length === 0 ? "null" : body.toString("utf8");
  try {
    JSON.parse(payload);
    return payload;
  } catch {
    throw new AwsError("InvalidRequestContentException", 400, "Could not parse request body into json");
  }
}
