import type { Readable } from "node:stream";
import { byteRange, isNotModified, rangeApplies } from "./byte-range.ts";
import { type Headers, without } from "./headers.ts";
import type { HeldResponse, LiveResponse, ObjectSource } from "./object-source.ts";
import type { OriginRequest } from "./origin-request.ts";
import type { Reply } from "./reply.ts";

export interface ObjectRequest {
  readonly origin: OriginRequest;
  readonly viewerHeaders: Headers;
  readonly body: Readable | undefined;
  readonly now: Date;
}

/** A range that begins so far beyond what has arrived is asked for on its own instead of being waited for. */
const patienceBytes = 16 * 1024 * 1024;

const conditionNames = ["if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "range"];

/** The object that a viewer asks for, or as much of it as the viewer wants. */
export async function objectReply(source: ObjectSource, request: ObjectRequest): Promise<Reply> {
  const { origin, viewerHeaders, body } = request;
  const conditions = Object.fromEntries(
    Object.entries(viewerHeaders).filter(([name]) => conditionNames.includes(name)),
  );
  const keeps = origin.behaviour.cachePolicy.maxTtl > 0 && ["GET", "HEAD"].includes(origin.method);
  if (!keeps) return liveReply(await source.live(origin, conditions, body));
  const found = await source.find(origin, conditions);
  if (found.kind === "live") return liveReply(found);
  using held = found;
  return await storedReply(source, held, request, conditions);
}

function liveReply({ status, headers, body }: LiveResponse): Reply {
  return { status, headers, body, result: "Miss" };
}

async function storedReply(
  source: ObjectSource,
  { response, result }: HeldResponse,
  { origin, viewerHeaders, now }: ObjectRequest,
  conditions: Headers,
): Promise<Reply> {
  const { body, status } = response;
  const age = Math.max(0, Math.floor((now.getTime() - response.storedAt.getTime()) / 1000));
  const headers = { ...response.headers, ...(result !== "Miss" && { age: String(age) }) };
  if (status === 200 && isNotModified(viewerHeaders, headers)) {
    return { status: 304, headers: without(headers, ["content-length"]), body: undefined, result };
  }
  const hasBody = origin.method !== "HEAD";
  const wantsRange =
    hasBody && status === 200 && viewerHeaders.range !== undefined && rangeApplies(viewerHeaders, headers);
  const length = response.length ?? (wantsRange ? await body.whenComplete() : body.length);
  const range = wantsRange && length !== undefined ? byteRange(String(viewerHeaders.range), length) : undefined;
  if (range === "unsatisfiable") {
    return { status: 416, headers: { "content-range": `bytes */${length}` }, body: undefined, result: "Error" };
  }
  if (range === undefined) {
    const described = length === undefined ? headers : { ...headers, "content-length": String(length) };
    return { status, headers: described, body: hasBody ? body.read() : undefined, result };
  }
  const { first, last } = range;
  if (body.length === undefined && first > body.written + patienceBytes) {
    return liveReply(await source.live(origin, conditions));
  }
  const part = {
    "content-range": `bytes ${first}-${last}/${length}`,
    "content-length": String(last - first + 1),
  };
  return { status: 206, headers: { ...headers, ...part }, body: body.read(first, last), result };
}
