import { existsSync } from "node:fs";
import { expect } from "chai";
import { createLambdaHost, type LambdaHost } from "../lambda/lambda-host.ts";
import { createQueues } from "../queues/queues.ts";
import { recordingOf } from "./support/recorded.ts";
import { rejection } from "./support/rejection.ts";
import { stockSign } from "./support/stock-signer.ts";
import { recordedRole, roleArn, startTestAccount, type TestAccount } from "./support/test-account.ts";
import { functionArn, recordedFunction } from "./support/test-function.ts";
import { until } from "./support/until.ts";

const answering = (text: string) => `exports.handler = async (event) => { ${text} };`;

const functions = [
  recordedFunction(
    "echo",
    `exports.handler = async (event, context) => ({
       event, env: process.env, requestId: context.awsRequestId, left: context.getRemainingTimeInMillis(),
     });`,
    {
      timeout: 7,
      memorySize: 256,
      environment: { variables: { MEDIA_URL: "https://d111.cloudfront.net/x", GREETING: "hello" } },
    },
  ),
  recordedFunction("counts", "let calls = 0; exports.handler = async () => [process.pid, ++calls];"),
  recordedFunction("waits", answering("await new Promise((r) => setTimeout(r, 200)); return process.pid;")),
  recordedFunction("throws", answering('throw new RangeError("too far");')),
  recordedFunction("writes", answering('if (event === "exit") process.exit(3); return require("os").tmpdir();')),
  recordedFunction("exits", answering('if (event === "exit") process.exit(3); return "alive";')),
  recordedFunction("sleeps", answering("await new Promise((r) => setTimeout(r, event)); return event;"), {
    timeout: 1,
  }),
  recordedFunction("hungry", answering("const kept = []; for (;;) kept.push(new Array(1e6).fill(kept.length));"), {
    memorySize: 128,
    timeout: 15,
  }),
  recordedFunction("prints", answering('console.log("one\\ntwo"); console.error("three");')),
  recordedFunction("layered", answering('return typeof require("sharp")().webp;')),
  recordedFunction("module", "", {
    code: { assets: { "nested/entry.mjs": { text: "export const main = (event) => event + 1;" } } },
    handler: "nested/entry.main",
  }),
  recordedFunction("folder", "", { code: { path: new URL("support/fixtures/function", import.meta.url).pathname } }),
  recordedFunction("without-handler", "exports.other = 1;"),
  recordedFunction("broken", "this is not JavaScript"),
  recordedFunction("untrusted", answering("return 1;"), { role: roleArn("for-ec2") }),
  recordedFunction("stopped", answering("return 1;"), { reservedConcurrentExecutions: 0 }),
  recordedFunction("escaping", "", { code: { assets: { "../../outside.cjs": { text: "" } } } }),
];
const roles = [
  ...recordedRole("worker", []),
  ...recordedRole("for-ec2", [], "ec2.amazonaws.com"),
  ...recordedRole("caller", [{ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: functionArn("throws") }]),
];

describe("the local Lambda", () => {
  let test: TestAccount;
  let lambda: LambdaHost;

  before(async () => {
    process.env.LATCHKEY_TEST_OURS = "not for functions";
    test = await startTestAccount(recordingOf(...functions, ...roles), async (context, account) => {
      const queues = createQueues(context);
      lambda = createLambdaHost({
        ...context,
        queues: queues.service,
        sessionFor: account.sessionFor,
        environment: () => ({ AWS_ENDPOINT_URL: test.client().endpoint }),
        translate: (value) => value.replace("https://d111.cloudfront.net", "http://127.0.0.1:4001"),
      });
      const close = async () => {
        await lambda.close();
        await queues.close();
      };
      return [{ ...lambda.api, close }];
    });
  });
  after(async () => {
    delete process.env.LATCHKEY_TEST_OURS;
    await test.close();
  });

  const run = async <T>(name: string, event: unknown = null): Promise<T> => {
    const declared = functions.find(({ id }) => id === name) ?? expect.fail(`no function ${name}`);
    return JSON.parse(await lambda.run(declared, JSON.stringify(event)));
  };

  it("gives a function its declared settings, its role's credentials and nothing of ours but PATH", async () => {
    interface Echo {
      event: unknown;
      env: Record<string, string>;
      requestId: string;
      left: number;
    }
    const { env, event, requestId, left } = await run<Echo>("echo", { photo: 1 });
    expect(event).to.deep.equal({ photo: 1 });
    expect(requestId).to.match(/^[0-9a-f-]{36}$/);
    expect(left).to.be.within(1, 7000);
    // Node itself hands this one on to every child, so that a coverage run counts them.
    delete env.NODE_V8_COVERAGE;
    expect(env).to.have.all.keys(
      ...["_HANDLER", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_EXECUTION_ENV"],
      ...["AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_REGION"],
      ...["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "GREETING", "LAMBDA_TASK_ROOT", "MEDIA_URL", "PATH"],
      ...["TMPDIR", "TZ"],
    );
    expect(env).to.include({
      AWS_ENDPOINT_URL: test.client().endpoint,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_LAMBDA_FUNCTION_NAME: "echo",
      AWS_REGION: "eu-central-1",
      GREETING: "hello",
      MEDIA_URL: "http://127.0.0.1:4001/x",
    });
    const credentials = test.account.credentials(env.AWS_ACCESS_KEY_ID ?? "");
    expect(credentials).to.include({ secretAccessKey: env.AWS_SECRET_ACCESS_KEY, sessionToken: env.AWS_SESSION_TOKEN });
    expect(credentials?.principal).to.include({ kind: "role", roleArn: roleArn("worker") });
  });

  it("keeps a process warm for the next invocation", async () => {
    const [pid, first] = await run<[number, number]>("counts");
    expect(first).to.equal(1);
    expect(await run("counts")).to.deep.equal([pid, 2]);
  });

  it("gives each process a folder for temporary files of its own, which goes with it", async () => {
    const folder = await run<string>("writes");
    expect(await run("writes")).to.equal(folder);
    expect(existsSync(folder)).to.equal(true);
    await rejection(run("writes", "exit"));
    expect(existsSync(folder)).to.equal(false);
    expect(await run("writes")).not.to.equal(folder);
  });

  it("runs two invocations at once, each in a process of its own, and has others wait", async () => {
    const pids = await Promise.all(Array.from({ length: 4 }, () => run<number>("waits")));
    expect(new Set(pids)).to.have.property("size", 2);
  });

  const answers: [string, string, unknown, unknown][] = [
    ["finds a layer's packages in the checkout", "layered", null, "function"],
    ["runs ES modules in folders of the archive", "module", 41, 42],
    ["runs the code of a folder", "folder", null, 42],
    ["answers null for nothing", "prints", null, null],
  ];
  for (const [title, name, event, expected] of answers) {
    it(title, async () => expect(await run(name, event)).to.equal(expected));
  }

  it("puts what a function prints into the log, under its name", async () => {
    await run("prints");
    await until(() => ["one", "two", "three"].every((line) => test.logged.includes(`prints: ${line}`)));
  });

  const failures: [string, string, unknown, RegExp][] = [
    ["a handler that throws", "throws", null, /"errorType":"RangeError","errorMessage":"too far","trace":\[/],
    ["a process that exits", "exits", "exit", /"Runtime.ExitError".*exited with error: exit status 3/],
    ["a handler that takes too long", "sleeps", 60_000, /"Sandbox.Timedout".*Task timed out after 1.00 seconds/],
    ["a process that needs more memory than declared", "hungry", null, /"Runtime.ExitError".*signal: SIGABRT/],
    ["code without the handler", "without-handler", null, /"Runtime.HandlerNotFound".*index.handler is undefined/],
    ["code that does not parse", "broken", null, /"SyntaxError"/],
    [
      "a role that does not trust Lambda",
      "untrusted",
      null,
      /role defined for the function cannot be assumed by Lambda/,
    ],
    ["a function that the program has stopped", "stopped", null, /Rate Exceeded/],
    ["code that would be laid out elsewhere", "escaping", null, /has a file \.\.\/\.\.\/outside\.cjs outside itself/],
  ];
  for (const [what, name, event, message] of failures) {
    it(`says what is wrong with ${what}`, async () => {
      expect((await rejection(run(name, event))).message).to.match(message);
    });
  }

  it("runs a function again whose process was ended", async () => {
    await rejection(run("exits", "exit"));
    expect(await run("exits")).to.equal("alive");
    await rejection(run("sleeps", 60_000));
    expect(await run("sleeps", 1)).to.equal(1);
  });

  describe("invoked over its API", () => {
    const invoke = async (name: string, body: string, { role, type }: { role?: string; type?: string } = {}) => {
      const { endpoint, region } = test.client();
      const request = await stockSign(
        {
          method: "POST",
          segments: ["2015-03-31", "functions", name, "invocations"],
          query: {},
          headers: { host: new URL(endpoint).host, "x-amz-invocation-type": type ?? "RequestResponse" },
          body: Buffer.from(body),
        },
        {
          credentials: role ? test.account.sessionFor(roleArn(role)) : test.account.admin,
          service: "lambda",
          region,
          at: new Date(),
        },
      );
      const headers = new Headers(request.headers as Record<string, string>);
      return fetch(endpoint + request.target, { method: "POST", headers, body });
    };

    it("answers what the function does, by its name or its ARN", async () => {
      for (const name of ["module", functionArn("module"), `${functionArn("module")}:$LATEST`]) {
        const response = await invoke(name, "1");
        expect(response.status, await response.clone().text()).to.equal(200);
        expect(response.headers.get("x-amz-executed-version")).to.equal("$LATEST");
        expect(await response.json()).to.equal(2);
      }
    });

    it("marks a function's own error", async () => {
      const response = await invoke("throws", "null", { role: "caller" });
      expect(response.status).to.equal(200);
      expect(response.headers.get("x-amz-function-error")).to.equal("Unhandled");
      expect(await response.json()).to.include({ errorType: "RangeError", errorMessage: "too far" });
    });

    const refused: [string, number, string, () => Promise<Response>][] = [
      ["a caller without the permission", 403, "AccessDeniedException", () => invoke("echo", "1", { role: "caller" })],
      ["a function that the program does not declare", 404, "ResourceNotFoundException", () => invoke("unknown", "1")],
      ["an alias", 404, "ResourceNotFoundException", () => invoke("echo:live", "1")],
      ["a payload that is not JSON", 400, "InvalidRequestContentException", () => invoke("echo", "{")],
      ["an asynchronous invocation", 501, "NotImplemented", () => invoke("echo", "1", { type: "Event" })],
    ];
    for (const [what, status, code, attempt] of refused) {
      it(`refuses ${what} with ${code}`, async () => {
        const response = await attempt();
        expect(response.status).to.equal(status);
        expect(response.headers.get("x-amzn-errortype")).to.equal(code);
      });
    }
  });
});
