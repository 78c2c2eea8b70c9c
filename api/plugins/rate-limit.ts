import fp from "fastify-plugin";
import { TooManyRequestsError } from "../domain/errors.ts";
import type { RateLimit } from "../domain/ports/rate-limit.ts";
import { networkOf } from "./network-of.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** For probes, which must not be told to wait while somebody else's requests come from the same address. */
    unlimited?: boolean;
  }
}

/** Cuts off an address that asks too often, before anything is looked up for it. */
export const limitAddresses = fp<{ perAddress: RateLimit }>(async (app, { perAddress }) => {
  app.addHook("onRequest", (request, _reply, done) => {
    if (request.routeOptions.config.unlimited) return done();
    const wait = perAddress.take(networkOf(request.ip), 1);
    if (wait === 0) done();
    else done(new TooManyRequestsError("Too many requests come from this address", wait));
  });
});

/** Items of a bulk call that weigh as much as a request. */
const itemsPerRequest = 100;

/** Cuts off a user who asks too often, in a scope whose routes have viewers. A bulk call counts by its items. */
export const limitUsers = fp<{ perUser: RateLimit }>(async (app, { perUser }) => {
  // Once the body is there and before anybody looks at what it says.
  app.addHook("preValidation", (request, _reply, done) => {
    const wait = perUser.take(request.viewer.userId, costOf(request.body));
    if (wait === 0) done();
    else done(new TooManyRequestsError("You have sent too many requests", wait));
  });
});

function costOf(body: unknown): number {
  if (typeof body !== "object" || body === null || !("items" in body) || !Array.isArray(body.items)) return 1;
  return Math.max(1, Math.ceil(body.items.length / itemsPerRequest));
}
