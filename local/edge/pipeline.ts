import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { type InspectedBody, noBody } from "../firewall/request.ts";
import type { Firewall } from "../firewall/web-acl.ts";
import type { Behaviour, Distribution } from "./distribution.ts";
import { EdgeError, unsatisfied } from "./edge-error.ts";
import { FunctionExecutionError } from "./edge-function.ts";
import {
  eventHeaders,
  eventRequest,
  FunctionValidationError,
  readReturned,
  readReturnedResponse,
} from "./function-event.ts";
import { endToEnd, single } from "./headers.ts";
import { objectReply, type Reply } from "./object-reply.ts";
import type { ObjectSource } from "./object-source.ts";
import { originRequest } from "./origin-request.ts";
import { peek } from "./peek.ts";
import { applyPolicy } from "./response-headers.ts";
import { signingParameters, withoutSignedCookies, withoutSigningParameters } from "./signing-parameters.ts";
import { refuseDotSegments, type ViewerRequest } from "./viewer-request.ts";

export interface PipelineOptions {
  readonly distribution: Distribution;
  readonly firewall: Firewall | undefined;
  readonly source: ObjectSource;
  readonly now: () => Date;
  readonly log: (line: string) => void;
}

/**
 * One request's way through the edge: signature, web ACL, viewer-request function, cache, origin. AWS documents no order
 * of the first three; this is the one that observers report, and none of them can let in what another refuses.
 */
export class Pipeline {
  readonly #options: PipelineOptions;

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  /** Never rejects: what goes wrong is a reply too. */
  async answer(viewer: ViewerRequest, message: IncomingMessage): Promise<Reply> {
    const behaviour = this.#options.distribution.behaviourFor(viewer.path);
    try {
      const reply = await this.#enter(viewer, behaviour, message).catch((error) => this.#errorReply(error));
      return await this.#leave(await this.#withErrorPage(reply, viewer), viewer, behaviour);
    } catch (error) {
      return this.#errorReply(error);
    }
  }

  async #enter(viewer: ViewerRequest, behaviour: Behaviour, message: IncomingMessage): Promise<Reply> {
    const { distribution, firewall, now } = this.#options;
    const allowed = behaviour.allowedMethods.has(viewer.method);
    // As in CloudFront: a body on a request that has no use for one is refused.
    if (!allowed || (hasBody(message) && ["GET", "HEAD", "OPTIONS"].includes(viewer.method))) {
      throw unsatisfied(403, "This distribution is not configured to allow the HTTP request method that was used.");
    }
    const country = single(viewer.headers, "cloudfront-viewer-country");
    if (!distribution.servesCountry(country)) {
      throw unsatisfied(403, "The distribution is configured to block access from your country.");
    }
    const signed = behaviour.signatures ? checkSignature(behaviour.signatures, viewer, now()) : viewer;
    const { inspected, body } = await inspectBody(message, firewall?.bodyBytes ?? 0);
    const verdict = firewall?.evaluate({ ...viewer, country, body: inspected }, now());
    if (verdict?.action === "block") {
      if (verdict.response === undefined) throw unsatisfied(403, "Request blocked.");
      return { ...verdict.response, body: Buffer.from(verdict.response.body), result: "Error" };
    }
    const rewritten = this.#runViewerRequest(signed, behaviour);
    return "status" in rewritten ? rewritten : this.#fetch(rewritten, behaviour, body);
  }

  #runViewerRequest(viewer: ViewerRequest, behaviour: Behaviour): ViewerRequest | Reply {
    const edgeFunction = behaviour.viewerRequest;
    if (edgeFunction === undefined) return viewer;
    const event = this.#event("viewer-request", viewer);
    const returned = readReturned(edgeFunction.run(event));
    if ("response" in returned) {
      return { ...returned.response, body: returned.response.body, result: "FunctionGeneratedResponse" };
    }
    refuseDotSegments(returned.request.path);
    return { ...viewer, ...returned.request };
  }

  #fetch(viewer: ViewerRequest, behaviour: Behaviour, body: Readable | undefined): Promise<Reply> {
    const { distribution, now, source } = this.#options;
    const path = viewer.path === "/" ? `/${distribution.defaultRootObject}` : viewer.path;
    return objectReply(source, {
      origin: originRequest(behaviour, { ...viewer, path }, body !== undefined),
      viewerHeaders: endToEnd(viewer.headers),
      body,
      now: now(),
    });
  }

  /** Errors of the edge's own are replaced too, as CloudFront's documents say of blocked requests and refused signatures. */
  async #withErrorPage(reply: Reply, viewer: ViewerRequest): Promise<Reply> {
    const declared = this.#options.distribution.errorResponses.get(reply.status);
    if (declared?.responsePagePath === undefined) return reply;
    const path = declared.responsePagePath;
    const method = viewer.method === "HEAD" ? "HEAD" : "GET";
    const asked = { ...viewer, method, path, query: "", headers: { host: viewer.headers.host } };
    const page = await this.#fetch(asked, this.#options.distribution.behaviourFor(path), undefined);
    const [kept, dropped] = page.status === 200 ? [page, reply] : [reply, page];
    if (dropped.body instanceof Readable) dropped.body.destroy();
    return kept === page ? { ...page, status: declared.responseCode ?? reply.status, result: "Error" } : reply;
  }

  #leave(reply: Reply, viewer: ViewerRequest, behaviour: Behaviour): Reply {
    const policy = behaviour.responseHeadersPolicy;
    const cors = { method: viewer.method, origin: single(viewer.headers, "origin") };
    const headers = policy ? applyPolicy(policy, reply.headers, cors) : reply.headers;
    const edgeFunction = behaviour.viewerResponse;
    if (edgeFunction === undefined || reply.status >= 400) return { ...reply, headers };
    const response = { statusCode: reply.status, headers: eventHeaders(headers), cookies: {} };
    const event = { ...this.#event("viewer-response", viewer), response };
    try {
      const returned = readReturnedResponse(edgeFunction.run(event));
      // Framing is the edge's own: a function that changes it would break the body under the viewer.
      const length = returned.body ? String(returned.body.length) : headers["content-length"];
      if (returned.body !== undefined && reply.body instanceof Readable) reply.body.destroy();
      return {
        status: returned.status,
        headers: { ...returned.headers, ...(length !== undefined && { "content-length": length }) },
        body: returned.body ?? reply.body,
        result: reply.result,
      };
    } catch (error) {
      if (reply.body instanceof Readable) reply.body.destroy();
      throw error;
    }
  }

  #event(eventType: "viewer-request" | "viewer-response", viewer: ViewerRequest) {
    const { domainName, id } = this.#options.distribution;
    return {
      version: "1.0",
      context: { distributionDomainName: domainName, distributionId: id, eventType, requestId: viewer.id },
      viewer: { ip: viewer.clientIp },
      request: eventRequest(viewer.method, viewer),
    };
  }

  #errorReply(error: unknown): Reply {
    if (error instanceof EdgeError) return edgeErrorReply(error);
    this.#options.log(`edge: ${error instanceof Error ? error.message : String(error)}`);
    if (error instanceof FunctionExecutionError) {
      return edgeErrorReply(
        unsatisfied(503, "The function of this distribution could not run.", "FunctionExecutionError"),
      );
    }
    if (error instanceof FunctionValidationError) {
      return edgeErrorReply(
        unsatisfied(502, "The function of this distribution gave no valid result.", "FunctionValidationError"),
      );
    }
    return edgeErrorReply(unsatisfied(500, "The local edge failed; its log says why."));
  }
}

export function edgeErrorReply({ status, headers, body, result }: EdgeError): Reply {
  return { status, headers: { ...headers }, body: Buffer.from(body), result };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** The first bytes of a body for the web ACL, and the whole of it for the origin. */
async function inspectBody(
  message: IncomingMessage,
  bytes: number,
): Promise<{ inspected: InspectedBody; body: Readable | undefined }> {
  if (!hasBody(message)) return { inspected: noBody, body: undefined };
  if (bytes === 0) return { inspected: noBody, body: message };
  const { seen, whole } = await peek(message, bytes);
  return { inspected: { text: seen.toString("latin1", 0, bytes), truncated: seen.length > bytes }, body: whole };
}

/** The request without what was shown to be let in: nothing behind this point may see it. */
function checkSignature(
  signatures: NonNullable<Behaviour["signatures"]>,
  viewer: ViewerRequest,
  now: Date,
): ViewerRequest {
  const parameters = signingParameters(viewer.query, viewer.headers);
  const query = withoutSigningParameters(viewer.query);
  const url = `${viewer.origin}${viewer.path}${query === "" ? "" : `?${query}`}`;
  signatures.check(parameters, { url, clientIp: viewer.clientIp, now });
  const cookie = withoutSignedCookies(viewer.headers.cookie);
  const { cookie: _, ...headers } = viewer.headers;
  return { ...viewer, query, headers: { ...headers, ...(cookie !== undefined && { cookie }) } };
}
