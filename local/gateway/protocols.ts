import { randomUUID } from "node:crypto";
import type { AwsApi, AwsCall, AwsReply } from "../service.ts";
import { type XmlValue, xmlElement } from "./xml.ts";

/** An error that an AWS API answers with; the gateway renders it in the caller's protocol. */
export class AwsError extends Error {
  /** As the API's reference names it, such as `ResourceNotFoundException`. */
  readonly code: string;
  readonly status: number;
  /** Further members of the error's shape, such as a transaction's `CancellationReasons`; JSON protocols only. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: string, status: number, message: string, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = "AwsError";
    this.code = code;
    this.status = status;
    this.members = members;
  }
}

/** What is not emulated says so: a pretended success would be found out in production. */
export function notImplemented(service: string, operation: string): AwsError {
  return new AwsError("NotImplemented", 501, `The local cloud does not implement ${service}:${operation}.`);
}

/** Takes the request's JSON, unchecked, and answers what becomes the reply's JSON. */
export type JsonOperation = (input: unknown, call: AwsCall) => Promise<unknown>;

export interface JsonApiOptions {
  readonly service: string;
  /** What stands before the operation in `X-Amz-Target`, such as `DynamoDB_20120810`. */
  readonly targetPrefix: string;
  readonly operations: Readonly<Record<string, JsonOperation>>;
  readonly maxBodyBytes?: number;
}

/** An API of the JSON 1.0 and 1.1 protocols: one path, and the operation in a header. */
export function jsonApi({ service, targetPrefix, operations, ...limits }: JsonApiOptions): AwsApi {
  return {
    service,
    ...limits,
    async call(call) {
      const target = call.headers["x-amz-target"];
      if (typeof target !== "string" || !target.startsWith(`${targetPrefix}.`)) {
        throw new AwsError("UnknownOperationException", 400, `X-Amz-Target must name an operation of ${targetPrefix}.`);
      }
      const operation = find(operations, service, target.slice(targetPrefix.length + 1));
      const output = await operation(parseJson(call.body), call);
      return jsonReply(200, output, call.headers["content-type"]);
    },
  };
}

/** A reply in the JSON version that the request was in. */
export function jsonReply(status: number, output: unknown, contentType = "application/x-amz-json-1.0"): AwsReply {
  return { status, headers: { "content-type": contentType }, body: JSON.stringify(output ?? {}) };
}

function parseJson(body: Buffer): unknown {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString("utf8"));
  } catch {
    throw new AwsError("SerializationException", 400, "The request body is not valid JSON.");
  }
}

/** Takes the request's parameters, and answers the members of its `…Result` element; nothing for an operation without one. */
export type QueryOperation = (
  parameters: URLSearchParams,
  call: AwsCall,
) => Promise<Readonly<Record<string, XmlValue>> | undefined>;

export interface QueryApiOptions {
  readonly service: string;
  /** The namespace of the API's replies, such as `https://sts.amazonaws.com/doc/2011-06-15/`. */
  readonly xmlns: string;
  readonly operations: Readonly<Record<string, QueryOperation>>;
  readonly maxBodyBytes?: number;
}

/** An API of the Query protocol: parameters as a form, replies in XML. */
export function queryApi({ service, xmlns, operations, ...limits }: QueryApiOptions): AwsApi {
  return {
    service,
    ...limits,
    async call(call) {
      const parameters = call.method === "POST" ? new URLSearchParams(call.body.toString("utf8")) : call.query;
      const action = parameters.get("Action");
      if (!action) throw new AwsError("MissingAction", 400, "The request must contain the parameter Action.");
      const result = await find(operations, service, action)(parameters, call);
      const requestId = randomUUID();
      const response = { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } };
      return {
        status: 200,
        headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
        body: xmlElement(`${action}Response`, response, ` xmlns="${xmlns}"`),
      };
    },
  };
}

/** The entries of a list or map parameter in order: `queryList(p, "PolicyArns.member")` reads `PolicyArns.member.1.arn`. */
export function queryList(parameters: URLSearchParams, prefix: string): URLSearchParams[] {
  const entries = new Map<number, URLSearchParams>();
  for (const [name, value] of parameters) {
    const [, index, member = ""] =
      (name.startsWith(`${prefix}.`) && /^(\d{1,4})(?:\.(.+))?$/.exec(name.slice(prefix.length + 1))) || [];
    if (index === undefined) continue;
    const entry = entries.get(Number(index)) ?? new URLSearchParams();
    entry.append(member, value);
    entries.set(Number(index), entry);
  }
  return [...entries].sort(([a], [b]) => a - b).map(([, entry]) => entry);
}

/** Looks among own properties only: an operation named `constructor` must not be found. */
function find<T>(operations: Readonly<Record<string, T>>, service: string, name: string): T {
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (!operation) throw notImplemented(service, /^\w{1,128}$/.test(name) ? name : "(an unreadable operation)");
  return operation;
}
