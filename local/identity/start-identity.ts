import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { AwsError } from "../gateway/protocols.ts";
import { readBody } from "../gateway/read-body.ts";
import { type Address, listen } from "../listen.ts";
import type { RunningService, ServiceContext } from "../service.ts";
import { answerApi, type CognitoApis } from "./api/api-door.ts";
import { cognitoApi } from "./api/cognito-api.ts";
import { createAuthenticator } from "./authenticator.ts";
import { createConfirmations } from "./confirmations.ts";
import { type DemoUser, ensureDemoUsers } from "./demo-users.ts";
import { createDirectory } from "./directory.ts";
import { cognitoIdentityApi } from "./federated/cognito-identity-api.ts";
import { identityPools } from "./federated/identity-pools.ts";
import { type HttpReply, jsonReply } from "./http.ts";
import type { Identity } from "./identity.ts";
import { hostedUi } from "./oidc/hosted-ui.ts";
import { userPools } from "./pools.ts";
import { createSoftwareTokens } from "./software-tokens.ts";
import { openIdentityStore } from "./store.ts";
import { createTickets } from "./tickets.ts";
import { createTokenIssuer } from "./tokens.ts";

export interface RunningIdentity extends RunningService {
  /** What stands in `iss` of the pool's tokens. */
  issuer(userPoolId: string): string;
  /** Of every pool that the program had declared at the start. */
  readonly users: readonly DemoUser[];
}

type IdentityContext = ServiceContext & Pick<Identity, "roles">;

const maxBodyBytes = 64 * 1024;

/**
 * Stands for the region's Cognito: `POST /` is the API of user pools and that of identity pools, `/{userPoolId}` an OpenID
 * provider with a hosted UI.
 * Throws when the port is in use, the data damaged, or a pool declared in a way that cannot be read.
 */
export async function startIdentity(context: IdentityContext, address: Address): Promise<RunningIdentity> {
  const { recording, authorize, roles, now, log } = context;
  // Read at every request; now, so that a pool that can't be honoured is refused before anybody asks.
  identityPools(recording);
  const store = openIdentityStore(context.dataDir, now);
  const directory = createDirectory(store, now);
  let origin = "";
  const identity: Identity = {
    recording,
    authorize,
    roles,
    store,
    directory,
    authenticator: createAuthenticator(directory, now),
    confirmations: createConfirmations(now, log),
    softwareTokens: createSoftwareTokens(store, directory, now),
    tokens: createTokenIssuer({ recording, store, now, origin: () => origin }),
    challenges: createTickets(now),
    authorizations: createTickets(now),
    browsers: createTickets(now),
    now,
  };
  const apis: CognitoApis = { users: cognitoApi(identity), federated: cognitoIdentityApi(identity) };
  const server = createServer((message, response) => {
    answer(message, identity, apis, context).then(
      (reply) => send(reply, response),
      // Only a client that hung up while it was sending leaves nobody to answer.
      () => response.destroy(),
    );
  });

  try {
    const users = await Promise.all(userPools(recording).map((pool) => ensureDemoUsers(directory, pool)));
    const running = await listen(server, address);
    origin = running.url;
    return {
      url: running.url,
      issuer: identity.tokens.issuer,
      users: users.flat(),
      async close() {
        await running.close();
        store.close();
      },
    };
  } catch (error) {
    store.close();
    throw error;
  }
}

async function answer(
  message: IncomingMessage,
  identity: Identity,
  apis: CognitoApis,
  context: ServiceContext,
): Promise<HttpReply> {
  const { method = "", url: target = "/", headers } = message;
  const [path = "/"] = target.split("?", 1);
  const query = new URLSearchParams(target.slice(path.length));
  const isApi = path === "/";
  try {
    const request = { method, path, query, headers, body: await readBody(message, maxBodyBytes) };
    return isApi ? await answerApi(apis, request, target, context) : await hostedUi(identity, request);
  } catch (error) {
    if (message.errored) throw error;
    if (error instanceof AwsError) return jsonReply(error.status, { error: error.message });
    context.log(`identity: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return jsonReply(500, { error: "server_error", error_description: "The local Cognito failed; its log says why." });
  }
}

function send({ status, headers, body }: HttpReply, response: ServerResponse): void {
  response.writeHead(status, { ...headers, "content-length": String(Buffer.byteLength(body)) });
  response.end(body);
}
