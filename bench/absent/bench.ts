import { randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CognitoIdentityProviderClient, InitiateAuthCommand } from "@aws-sdk/client-cognito-identity-provider";
import { v7 as uuidv7 } from "uuid";
import type { Bench } from "../bench.ts";
import { type RunningCloud, startRunningCloud } from "../local/running-cloud.ts";
import { table } from "../report.ts";
import { compare, type Interval, type Round } from "./paired.ts";

/** Away from `npm start`'s own ports, so that both can run. */
const port = 4500;

/** A request about something with this id, which answers 404, or so of its one item, whether it is there or not. */
interface Question {
  readonly name: string;
  readonly method: string;
  readonly path: (id: string) => string;
  readonly body?: (id: string) => object;
  /** Of something that is there, and not the asker's to know. */
  readonly forbidden: string;
}

/** Whether the time of a 404 tells what is there: something absent beside something forbidden, over HTTP, in turns. */
export const benchAbsent: Bench = async ({ seconds, print }) => {
  const folder = await mkdtemp(join(tmpdir(), "latchkey-bench-"));
  const cloud = await startRunningCloud(join(folder, "data"), port);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const owner = caller(cloud, agent, await signIn(cloud, "olga"));
    const stranger = caller(cloud, agent, await signIn(cloud, "fred"));
    const questions = await prepare(owner);
    const rounds = new Map(questions.map((question): [Question, Round[]] => [question, []]));
    for (const question of questions) for (let turn = 0; turn < 50; turn += 1) await ask(stranger, question); // Warms up.
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      for (const [question, measured] of rounds) measured.push(await ask(stranger, question));
    }
    const rows = [...rounds].map(([{ name }, measured]) => {
      const { absent, forbidden, longer, noise, alike } = compare(measured);
      const ratio = `${(forbidden / absent).toFixed(3)}×`;
      const cells = [...[absent, forbidden].map(inMicroseconds), ratio, ...[longer, noise].map(between)];
      return [name, ...cells, `${measured.length}`, alike ? "alike" : "NOT ALIKE"];
    });
    print(table([["404, µs", "absent", "forbidden", "ratio", "longer by", "noise", "rounds", ""], ...rows]));
    print(
      [
        "\nLonger by is where the median of forbidden less absent lies, noise that of absent less absent, at 99.9 %: alike where they meet.",
        "Over loopback, one at a time, from the local DynamoDB. Each waits for the end of the API's step: ask long, by --seconds 600.",
      ].join("\n"),
    );
  } finally {
    agent.destroy();
    await cloud.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

type Caller = (method: string, path: string, body?: object) => Promise<{ status: number; text: string; ms: number }>;

async function ask(call: Caller, { method, path, body, forbidden }: Question): Promise<Round> {
  const round = { absent: 0, alsoAbsent: 0, forbidden: 0 };
  for (const kind of shuffled(["absent", "alsoAbsent", "forbidden"] as const)) {
    const id = kind === "forbidden" ? forbidden : uuidv7();
    const { status, text, ms } = await call(method, path(id), body?.(id));
    if (!/"status":404/.test(text)) throw new Error(`${method} ${path("…")} answered ${status}, and nothing of 404`);
    round[kind] = ms;
  }
  return round;
}

/** What olga has and keeps to herself. */
async function prepare(call: Caller): Promise<Question[]> {
  const make = async (path: string, body: object) => {
    const { status, text } = await call("POST", path, body);
    if (status !== 201) throw new Error(`POST ${path} answered ${status}: ${text}`);
    return JSON.parse(text);
  };
  const { photo } = await make("/v1/photos", { contentType: "image/jpeg", size: 1 });
  const { album } = await make("/v1/albums", { title: "Lake" });
  const { photo: kept } = await make("/v1/photos", { contentType: "image/jpeg", size: 1, albumId: album.id });
  const { link } = await make("/v1/links", { target: { albumId: album.id } });
  const photos = (id: string) => `/v1/photos/${id}`;
  return [
    { name: "see a photo", method: "GET", path: photos, forbidden: photo.id },
    { name: "see a photo of an album", method: "GET", path: photos, forbidden: kept.id },
    { name: "change a photo", method: "PATCH", path: photos, body: () => ({ title: "Mine" }), forbidden: photo.id },
    { name: "see an album", method: "GET", path: (id) => `/v1/albums/${id}`, forbidden: album.id },
    { name: "list an album's members", method: "GET", path: (id) => `/v1/albums/${id}/members`, forbidden: album.id },
    {
      name: "ask for a photo's URL",
      method: "POST",
      path: () => "/v1/urls",
      body: (id) => ({ items: [{ photoId: id, rendition: "640" }] }),
      forbidden: photo.id,
    },
    { name: "revoke a share link", method: "DELETE", path: (id) => `/v1/links/${id}`, forbidden: link.id },
  ];
}

async function signIn({ addresses }: RunningCloud, name: string): Promise<string> {
  const user = addresses.users.find(({ username }) => username.startsWith(name));
  if (!user) throw new Error(`The local cloud has no demo user ${name}`);
  const cognito = new CognitoIdentityProviderClient({ region: addresses.region, endpoint: addresses.identity });
  const { AuthenticationResult } = await cognito.send(
    new InitiateAuthCommand({
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: addresses.clientId,
      AuthParameters: { USERNAME: user.username, PASSWORD: user.password },
    }),
  );
  return AuthenticationResult?.AccessToken ?? "";
}

/** By `node:http` over one connection: the less there is between the clock and the API, the less noise. */
function caller({ addresses }: RunningCloud, agent: Agent, token: string): Caller {
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const payload = body && JSON.stringify(body);
      const headers = {
        authorization: `Bearer ${token}`,
        ...(payload && { "content-type": "application/json", "content-length": payload.length }),
      };
      const begun = performance.now();
      const sent = request(`${addresses.api}${path}`, { method, agent, headers }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text, ms: performance.now() - begun }));
      });
      sent.on("error", reject).end(payload);
    });
}

function shuffled<T>(items: readonly T[]): T[] {
  const left = [...items];
  return items.flatMap(() => left.splice(randomInt(left.length), 1));
}

function between([low, high]: Interval): string {
  return `${inMicroseconds(low)} to ${inMicroseconds(high)}`;
}

function inMicroseconds(milliseconds: number): string {
  return (milliseconds * 1000).toFixed(0);
}
