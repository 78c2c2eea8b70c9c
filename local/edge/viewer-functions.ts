import { Readable } from "node:stream";
import type { Distribution } from "./distribution.ts";
import type { EdgeFunction } from "./edge-function.ts";
import { eventHeaders, eventRequest, readReturned, readReturnedResponse } from "./function-event.ts";
import type { Reply } from "./reply.ts";
import { refuseDotSegments, type ViewerRequest } from "./viewer-request.ts";

type EventType = "viewer-request" | "viewer-response";

/** The request that goes on, or the reply that a function gives in its place. */
export function runViewerRequest(
  edgeFunction: EdgeFunction | undefined,
  viewer: ViewerRequest,
  distribution: Distribution,
): ViewerRequest | Reply {
  if (edgeFunction === undefined) return viewer;
  const returned = readReturned(edgeFunction.run(eventFor("viewer-request", viewer, distribution)));
  if ("response" in returned) return { ...returned.response, result: "FunctionGeneratedResponse" };
  refuseDotSegments(returned.request.path);
  return { ...viewer, ...returned.request };
}

/** The reply as a function leaves it; as in CloudFront, none is asked about an error. */
export function runViewerResponse(
  edgeFunction: EdgeFunction | undefined,
  viewer: ViewerRequest,
  reply: Reply,
  distribution: Distribution,
): Reply {
  if (edgeFunction === undefined || reply.status >= 400) return reply;
  const response = { statusCode: reply.status, headers: eventHeaders(reply.headers), cookies: {} };
  try {
    const event = { ...eventFor("viewer-response", viewer, distribution), response };
    const { status, headers, body } = readReturnedResponse(edgeFunction.run(event));
    if (body !== undefined) drop(reply);
    // Framing is the edge's own: a function that changes it would break the body under the viewer.
    const length = body ? String(body.length) : reply.headers["content-length"];
    const framed = { ...headers, ...(length !== undefined && { "content-length": length }) };
    return { status, headers: framed, body: body ?? reply.body, result: reply.result };
  } catch (error) {
    drop(reply);
    throw error;
  }
}

function drop({ body }: Reply): void {
  if (body instanceof Readable) body.destroy();
}

function eventFor(eventType: EventType, viewer: ViewerRequest, { domainName, id }: Distribution) {
  return {
    version: "1.0",
    context: { distributionDomainName: domainName, distributionId: id, eventType, requestId: viewer.id },
    viewer: { ip: viewer.clientIp },
    request: eventRequest(viewer.method, viewer),
  };
}
