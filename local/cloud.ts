import { Addresses, choosePorts, host } from "./addresses.ts";
import { startApiProcess, untilHealthy } from "./api-process.ts";
import { claimDataFolder, explainFault } from "./data-folder.ts";
import { type DistributionRole, declaredDistribution, declaredNames, declaredSigningApi } from "./declared.ts";
import { startDynamoDb } from "./dynamodb/dynamodb.ts";
import { cloudFrontApi } from "./edge/control.ts";
import { type Edge, startEdge } from "./edge/edge.ts";
import { startGateway } from "./gateway/gateway.ts";
import { AwsError } from "./gateway/protocols.ts";
import { startHttpApi } from "./http-api/http-api.ts";
import { type Account, createAccount } from "./iam/account.ts";
import type { Credentials } from "./iam/types.ts";
import type { DemoUser } from "./identity/demo-users.ts";
import { startIdentity } from "./identity/start-identity.ts";
import { createLambdaHost } from "./lambda/lambda-host.ts";
import { type RecordedResource, type Recording, resourcesOf, startRecording } from "./program/recording.ts";
import { runProgramApart } from "./program/run-apart.ts";
import { readStackFile } from "./program/stack-file.ts";
import { createQueues } from "./queues/queues.ts";
import type { Deliver } from "./s3/events/deliverer.ts";
import { startS3 } from "./s3/s3.ts";
import { startScheduler } from "./scheduler/scheduler.ts";
import { createSecrets } from "./secrets/secrets.ts";
import type { RunningService, ServiceContext } from "./service.ts";
import { createSts } from "./sts/sts.ts";

export interface CloudOptions {
  /** `dev` runs Pulumi.dev.yaml. */
  readonly stack: string;
  readonly dataDir: string;
  /** The first of five ports; 0 takes free ones. */
  readonly port: number;
  readonly log: (line: string) => void;
  /** Serves the API as AWS would: by its function, behind its HTTP API and its distribution; otherwise as a process. */
  readonly lambda?: boolean;
  /** Told what is being done, for whoever waits. */
  readonly onStep?: (step: string) => void;
  /** Changes what the program declared before any service sees it: undefined takes a resource away. For tests. */
  readonly edit?: (resource: RecordedResource) => RecordedResource | undefined;
}

/** A running local cloud: its addresses, and what somebody needs to use it. */
export interface Cloud {
  readonly api: string;
  /** The HTTP API's own address, past the edge; undefined where the API is a process. */
  readonly httpApi: string | undefined;
  readonly media: string;
  readonly s3: string;
  readonly identity: string;
  /** Every other AWS API. */
  readonly aws: string;
  readonly region: string;
  readonly userPoolId: string;
  readonly clientId: string;
  readonly identityPoolId: string;
  readonly bucket: string;
  readonly table: string;
  /** The URL of the queue where messages end that the worker could not do. */
  readonly deadLetters: string;
  /** The name of the function that reconciles. */
  readonly reconciler: string;
  /** Where the key is that media URLs are signed with. */
  readonly signer: { readonly keyId: string; readonly secretArn: string; readonly keyGroupId: string };
  readonly users: readonly DemoUser[];
  readonly admin: Credentials;
  /** Keys of declared roles and of AWS's services, to see what they may do. */
  readonly sessionFor: Account["sessionFor"];
  readonly serviceCredentials: Account["serviceCredentials"];
  readonly recording: Recording;
  /** What the program declares and only AWS evaluates. */
  readonly notEvaluated: readonly string[];
  stop(): Promise<void>;
}

/**
 * Runs the infra program and stands up what it declares. Rejects with an Error that says what to do when a port is in use,
 * the data folder is damaged or the stack file is wrong; then nothing is left running.
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const { log, onStep = () => {} } = options;
  const closers: (() => Promise<unknown> | unknown)[] = [];
  const stop = async () => {
    // The last one started leans on those before it.
    for (const close of closers.splice(0).reverse()) await close();
  };
  const started = <T extends { close(): Promise<unknown> | unknown }>(service: T): T => {
    closers.push(() => service.close());
    return service;
  };

  try {
    const stackFile = await readStackFile(process.cwd(), options.stack);
    const folder = await claimDataFolder(options.dataDir);
    closers.push(() => folder.release());
    const ports = await choosePorts(options.port);
    const recording = startRecording(stackFile);
    const now = () => new Date();
    const account = createAccount({ recording, dataDir: await folder.of("iam"), now });
    const contextOf = async (service: string): Promise<ServiceContext> => ({
      recording,
      dataDir: await folder.of(service),
      credentials: account.credentials,
      authorize: account.authorize,
      now,
      log,
    });

    onStep("Opening tables, queues and secrets");
    let edge: Edge | undefined;
    const addresses = new Addresses(ports, recording);
    const dynamoDb = await startDynamoDb(await contextOf("dynamodb"));
    const queues = createQueues(await contextOf("queues"));
    const lambda = createLambdaHost({
      ...(await contextOf("lambda")),
      queues: queues.service,
      sessionFor: account.sessionFor,
      environment: () => addresses.endpoints(),
      translate: (value) => addresses.translate(value),
    });
    closers.push(() => queues.close());
    const gatewayContext = await contextOf("gateway");
    started(
      await startGateway(gatewayContext, {
        port: ports.aws,
        host,
        apis: [
          dynamoDb,
          queues.sqs,
          queues.sns,
          createSecrets({ ...(await contextOf("secrets")), invoke: lambda.run }),
          createSts(account),
          {
            service: "cloudfront",
            call: (call) => cloudFrontApi(edge ?? notYet("CloudFront"), account.authorize).call(call),
          },
          lambda.api,
        ],
      }),
    );
    closers.push(() => lambda.close());

    onStep(`Running the Pulumi program for stack ${options.stack}`);
    await runProgramApart({ stackFile, recording, invoke: lambda.run, ...(options.edit && { edit: options.edit }) });

    onStep("Standing up what it declares");
    const deliver: Deliver = async (queueArn, body, { bucketArn }) =>
      queues.deliver(queueArn, body, { service: "s3.amazonaws.com", sourceArn: bucketArn });
    const s3 = started(await startS3({ ...(await contextOf("s3")), deliver }, { port: ports.s3, host }));
    const identity = started(
      await startIdentity({ ...(await contextOf("identity")), roles: account }, { port: ports.identity, host }),
    );
    const startDistribution = async (
      role: DistributionRole,
      origins: (domainName: string) => string | undefined,
    ): Promise<Edge> => {
      const edgeContext = await contextOf(role === "media" ? "edge" : `edge-${role}`);
      const { id: distributionId } = declaredDistribution(recording, role);
      const originCredentials = (arn: string) => account.serviceCredentials("cloudfront.amazonaws.com", arn);
      const options = { ...edgeContext, distributionId, origins, originCredentials };
      return started(await startEdge(options, { port: ports[role], host }));
    };
    edge = await startDistribution("media", (domainName) => addresses.bucketOrigin(domainName));
    lambda.startEventSources();
    started(startScheduler({ recording, account, run: lambda.run, log }));

    onStep("Starting the signing API");
    let httpApi: string | undefined;
    let api: RunningService;
    if (options.lambda) {
      const translate = (value: string) => addresses.translate(value);
      const gateway = { ...(await contextOf("http-api")), run: lambda.run, translate };
      const { url, domainName } = started(await startHttpApi(gateway, { port: 0, host }));
      api = await startDistribution("api", (name) => (name === domainName ? url : undefined));
      httpApi = url;
      await untilHealthy(api.url);
    } else {
      const { roleArn, environment } = declaredSigningApi(recording);
      // There is no edge in front of the process to send what this would have it insist on.
      const { LATCHKEY_ORIGIN_SECRET_ARN: _, ...open } = environment;
      const settings = lambda.environmentOf(roleArn, open);
      api = started(await startApiProcess(settings, { port: ports.api, host }, log));
    }

    return {
      api: api.url,
      httpApi,
      media: edge.url,
      s3: s3.url,
      identity: identity.url,
      aws: addresses.of("aws"),
      ...declaredNames(recording),
      users: identity.users,
      admin: account.admin,
      sessionFor: account.sessionFor,
      serviceCredentials: account.serviceCredentials,
      recording,
      notEvaluated: [...(edge.firewall?.notEvaluated ?? []), ...scannersOf(recording)],
      stop,
    };
  } catch (error) {
    await stop();
    throw explainFault(error, options.dataDir);
  }
}

/** Whose verdict no upload gets here until somebody sets the tag in its place. */
function scannersOf(recording: Recording): string[] {
  const plans = resourcesOf(recording, "aws:guardduty/malwareProtectionPlan:MalwareProtectionPlan");
  return plans.map(({ name }) => `${name} (uploads wait until they are tagged GuardDutyMalwareScanStatus)`);
}

function notYet(service: string): never {
  throw new AwsError("ServiceUnavailableException", 503, `${service} starts once the program has been run.`);
}
