import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { type InspectedBody, noBody } from "../firewall/request.ts";
import type { Firewall } from "../firewall/web-acl.ts";
import type { Behaviour, Distribution } from "./distribution.ts";
import { EdgeError, unsatisfied } from "./edge-error.ts";
import { FunctionExecutionError } from "./edge-function.ts";
import { FunctionValidationError } from "./function-event.ts";
import { endToEnd, single } from "./headers.ts";
import { objectReply } from "./object-reply.ts";
import type { ObjectSource } from "./object-source.ts";
import { originRequest } from "./origin-request.ts";
import { peek } from "./peek.ts";
import type { Reply } from "./reply.ts";
import { applyPolicy } from "./response-headers.ts";
import { signingParameters, withoutSignedCookies, withoutSigningParameters } from "./signing-parameters.ts";
import { runViewerRequest, runViewerResponse } from "./viewer-functions.ts";
import type { ViewerRequest } from "./viewer-request.ts";

export interface PipelineOptions {
  readonly distribution: Distribution;
  readonly firewall: Firewall | undefined;
  readonly source: ObjectSource;
  readonly now: () => Date;
  readonly log: (line: string) => void;
}

/**
 * One request's way through the edge: signature, web ACL, viewer-request function, cache, origin. AWS documents no order
 * of the first three, and another one would show only in which refusal a viewer sees and which requests the rules count:
 * none of them lets in what another refuses.
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
    // Nothing on loopback has a country, so it is the viewer who says it, as a test's way to come from somewhere.
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
    const next = runViewerRequest(behaviour.viewerRequest, signed, distribution);
    return "status" in next ? next : this.#fetch(next, behaviour, body);
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
    const behaviour = this.#options.distribution.behaviourFor(path);
    const page = await this.#fetch(asked, behaviour, undefined).catch((error) => this.#errorReply(error));
    const found = page.status === 200;
    const dropped = found ? reply : page;
    if (dropped.body instanceof Readable) dropped.body.destroy();
    return found ? { ...page, status: declared.responseCode ?? reply.status, result: "Error" } : reply;
  }

  #leave(reply: Reply, viewer: ViewerRequest, behaviour: Behaviour): Reply {
    const policy = behaviour.responseHeadersPolicy;
    const cors = { method: viewer.method, origin: single(viewer.headers, "origin") };
    const left = policy ? { ...reply, headers: applyPolicy(policy, reply.headers, cors) } : reply;
    return runViewerResponse(behaviour.viewerResponse, viewer, left, this.#options.distribution);
  }

  #errorReply(error: unknown): Reply {
    if (error instanceof EdgeError) return error.reply();
    this.#options.log(`edge: ${error instanceof Error ? error.message : String(error)}`);
    if (error instanceof FunctionExecutionError) {
      return unsatisfied(503, "The function of this distribution could not run.", "FunctionExecutionError").reply();
    }
    if (error instanceof FunctionValidationError) {
      const reason = "The function of this distribution gave no valid result.";
      return unsatisfied(502, reason, "FunctionValidationError").reply();
    }
    return unsatisfied(500, "The local edge failed; its log says why.").reply();
  }
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
