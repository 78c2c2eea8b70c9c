import { expect } from "chai";
import type { InjectOptions } from "fastify";
import { networkOf } from "../plugins/network-of.ts";
import { noon } from "./support/a-photo.ts";
import { startTestApp, type TestApp } from "./support/test-app.ts";

const plenty = "1000000";

describe("The limit on requests", () => {
  let api: TestApp;

  async function start(environment: Readonly<Record<string, string>>): Promise<void> {
    api = await startTestApp({}, environment);
  }
  afterEach(() => api.close());

  const laterBy = (seconds: number) => {
    api.now = new Date(noon.getTime() + seconds * 1000);
  };

  /** How many of so many requests were let through, and what the last one was answered. */
  async function send(count: number, ask: () => ReturnType<TestApp["ask"]>) {
    const answers = [];
    for (let turn = 0; turn < count; turn += 1) answers.push(await ask());
    const passed = answers.filter(({ statusCode }) => statusCode !== 429).length;
    return { passed, last: answers.at(-1) ?? expect.fail("nothing was sent") };
  }

  describe("of a user", () => {
    beforeEach(() => start({ LATCHKEY_RATE_PER_USER: "30", LATCHKEY_RATE_PER_ADDRESS: plenty }));
    const me = (user: string) => () => api.ask(user, { url: "/v1/me" });

    it("lets a minute's worth through at once, then says how long to wait", async () => {
      const { passed, last } = await send(31, me("ann"));
      expect(passed).to.equal(30);
      expect(last.json()).to.include({ code: "TOO_MANY_REQUESTS", status: 429 });
      expect(last.headers["retry-after"]).to.equal("2");
      expect((await send(1, me("ben"))).passed, "another user").to.equal(1);
    });

    it("lets through again what fits as time passes, and no more", async () => {
      await send(30, me("ann"));
      laterBy(1.9);
      expect((await send(1, me("ann"))).passed).to.equal(0);
      laterBy(2);
      expect((await send(2, me("ann"))).passed).to.equal(1);
      laterBy(22);
      expect((await send(20, me("ann"))).passed).to.equal(10);
    });

    it("does not let refused requests put off the time of the next", async () => {
      await send(100, me("ann"));
      laterBy(2);
      expect((await send(1, me("ann"))).passed).to.equal(1);
    });

    it("counts a bulk call by its items, a hundred to a request", async () => {
      const items = Array(1000).fill({ photoId: "019e830e-1a00-7000-8809-5c33f721a5e0" });
      const bulk = () => api.ask("ann", { method: "POST", url: "/v1/urls", payload: { items } });
      expect((await send(4, bulk)).passed).to.equal(3);
      expect((await send(1, me("ann"))).passed).to.equal(0);
    });

    it("also counts what turns out to be malformed", async () => {
      const malformed = () => api.ask("ann", { method: "POST", url: "/v1/albums", payload: { title: 1 } });
      await send(30, malformed);
      expect((await send(1, me("ann"))).passed).to.equal(0);
    });
  });

  describe("of an address", () => {
    const from = (remoteAddress: string, request: InjectOptions = { url: "/openapi.json" }) => {
      return () => api.ask(undefined, { ...request, remoteAddress });
    };
    const forwarded = (address: string) => ({ url: "/openapi.json", headers: { "x-forwarded-for": address } });

    it("holds for whoever asks, before anybody looks at the token", async () => {
      await start({ LATCHKEY_RATE_PER_ADDRESS: "10" });
      const forged = from("198.51.100.7", { url: "/v1/me", headers: { authorization: "Bearer forged" } });
      const { passed, last } = await send(11, forged);
      expect([passed, last.statusCode]).to.deep.equal([10, 429]);
      expect(last.headers).to.have.property("retry-after");
      expect((await send(1, from("198.51.100.7", { url: "/nowhere" }))).passed, "no route").to.equal(0);
      expect((await send(1, from("198.51.100.8"))).passed, "another address").to.equal(1);
    });

    it("holds for all of an IPv6 network of 64 bits together", async () => {
      await start({ LATCHKEY_RATE_PER_ADDRESS: "10" });
      await send(10, from("2001:db8:0:1::1"));
      expect((await send(1, from("2001:db8:0:1:ffff::2"))).passed).to.equal(0);
      expect((await send(1, from("2001:db8:0:2::1"))).passed).to.equal(1);
    });

    it("is not got around by a header that anybody can send", async () => {
      await start({ LATCHKEY_RATE_PER_ADDRESS: "10" });
      let turn = 0;
      const spoofed = () => from("198.51.100.7", forwarded(`203.0.113.${turn++}`))();
      expect((await send(11, spoofed)).passed).to.equal(10);
    });

    it("believes a trusted proxy, and no further than that", async () => {
      await start({ LATCHKEY_RATE_PER_ADDRESS: "10", LATCHKEY_TRUSTED_PROXIES: "10.0.0.0/8" });
      await send(10, from("10.0.0.5", forwarded("203.0.113.1")));
      expect((await send(1, from("10.0.0.5", forwarded("203.0.113.2")))).passed, "another client").to.equal(1);
      const prefixed = forwarded("192.0.2.99, 203.0.113.1");
      expect((await send(1, from("10.0.0.5", prefixed))).passed, "what the client itself wrote").to.equal(0);
    });

    it("leaves probes alone", async () => {
      await start({ LATCHKEY_RATE_PER_ADDRESS: "1" });
      expect((await send(5, from("198.51.100.7", { url: "/healthz" }))).passed).to.equal(5);
    });

    it("lets a page's script read how long to wait", async () => {
      await start({ LATCHKEY_RATE_PER_ADDRESS: "1" });
      const headers = { origin: "https://photos.example.com" };
      const { last } = await send(2, from("198.51.100.7", { url: "/openapi.json", headers }));
      expect(last.statusCode).to.equal(429);
      expect(last.headers).to.include({ "access-control-allow-origin": headers.origin });
      expect(String(last.headers["access-control-expose-headers"])).to.include("retry-after");
    });
  });
});

describe("The network of an address", () => {
  const cases: Readonly<Record<string, string>> = {
    "192.0.2.1": "192.0.2.1",
    "::ffff:192.0.2.1": "192.0.2.1",
    "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
    "2001:0DB8:0001:0002::1": "2001:db8:1:2::/64",
    "2001:db8::1": "2001:db8:0:0::/64",
    "::1": "0:0:0:0::/64",
    "fe80::1%eth0": "fe80:0:0:0::/64",
    unknown: "unknown",
  };
  for (const [address, network] of Object.entries(cases)) {
    it(`${address} is ${network}`, () => expect(networkOf(address)).to.equal(network));
  }
});
