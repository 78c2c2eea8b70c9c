import type { Cloud } from "./cloud.ts";
import type { DemoUser } from "./identity/demo-users.ts";
import { allowsFlow, clientsOf, findPool } from "./identity/pools.ts";
import { quote, type Step } from "./shell.ts";

type Platform = Pick<Cloud, "identity" | "clientId" | "userPoolId" | "recording">;

/**
 * Signs a demo user in by curl and sets TOKEN: with the password where the stack's client takes it at the API, else at the
 * hosted page. Undefined where there is neither, for SRP takes an SDK.
 */
export function signInStep(cloud: Platform, user: DemoUser): Step | undefined {
  const { recording, userPoolId, clientId } = cloud;
  const client = clientsOf(recording, userPoolId).find(({ id }) => id === clientId);
  if (client && allowsFlow(client, "USER_PASSWORD_AUTH")) return atApi(cloud, user);
  const [callbackUrl] = client?.declared.callbackUrls ?? [];
  const isHosted = findPool(recording, userPoolId)?.domain !== undefined;
  return isHosted && callbackUrl ? atHostedPage(cloud, user, callbackUrl) : undefined;
}

/** The code that an authenticator app would show. */
const codeOf = (totpSecret: string) => `$(npm run -s totp -- ${totpSecret})`;

const accessToken = "json it.AuthenticationResult.AccessToken";

function atApi({ identity, clientId }: Platform, { username, password, totpSecret }: DemoUser): Step {
  const call = (operation: string, body: string) =>
    [
      `curl -s ${identity}/ -H 'Content-Type: application/x-amz-json-1.1' \\`,
      `  -H 'X-Amz-Target: AWSCognitoIdentityProviderService.${operation}' \\`,
      `  -d ${body}`,
    ].join("\n");
  const signIn = JSON.stringify({
    AuthFlow: "USER_PASSWORD_AUTH",
    ClientId: clientId,
    AuthParameters: { USERNAME: username, PASSWORD: password },
  });
  const initiate = call("InitiateAuth", quote(signIn));
  const title = `sign in as ${username}, as any Cognito client does`;
  if (totpSecret === undefined) return { title, commands: [`TOKEN=$(${initiate} | ${accessToken})`] };

  const answer = JSON.stringify({
    ChallengeName: "SOFTWARE_TOKEN_MFA",
    ClientId: clientId,
    Session: "$SESSION",
    ChallengeResponses: { USERNAME: username, SOFTWARE_TOKEN_MFA_CODE: codeOf(totpSecret) },
  });
  // In double quotes: the shell puts in the session and the code.
  const respond = call("RespondToAuthChallenge", `"${answer.replaceAll('"', '\\"')}"`);
  return {
    title: `${title}: with the password, then with a code that is good once`,
    commands: [`SESSION=$(${initiate} | json it.Session)`, `TOKEN=$(${respond} | ${accessToken})`],
  };
}

function atHostedPage(
  { identity, userPoolId, clientId }: Platform,
  { username, password, totpSecret }: DemoUser,
  callbackUrl: string,
): Step {
  const pool = `${identity}/${userPoolId}`;
  const login = new URL(`${pool}/login`);
  login.search = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: callbackUrl,
    scope: "openid",
    code_challenge_method: "S256",
  }).toString();
  const typed = `--data-urlencode ${quote(`username=${username}`)} --data-urlencode ${quote(`password=${password}`)}`;
  return {
    title: `sign in as ${username} at the hosted page, as a browser does: this stack takes no passwords at its API`,
    commands: [
      "COOKIES=$(mktemp); VERIFIER=$(openssl rand -hex 32)",
      `CHALLENGE=$(printf %s "$VERIFIER" | openssl dgst -sha256 -binary | base64 | tr '+/' '-_' | tr -d '=')`,
      `LOGIN="${login}&code_challenge=$CHALLENGE"`,
      `PAGE=$(curl -s -c "$COOKIES" "$LOGIN")`,
      `hidden() { echo "$PAGE" | sed -n "s/.*name=\\"$1\\" value=\\"\\([^\\"]*\\)\\".*/\\1/p"; }`,
      `submit() { curl -s -i -b "$COOKIES" "$LOGIN" -d "_csrf=$(hidden _csrf)" "$@"; }`,
      `PAGE=$(submit ${typed})`,
      ...(totpSecret === undefined
        ? []
        : [`PAGE=$(submit -d "session=$(hidden session)" -d "code=${codeOf(totpSecret)}")`]),
      `CODE=$(echo "$PAGE" | tr -d '\\r' | sed -n 's/^location: .*[?&]code=\\([^&]*\\).*/\\1/p')`,
      `TOKEN=$(curl -s ${pool}/oauth2/token -d grant_type=authorization_code -d client_id=${clientId} -d "code=$CODE" \\`,
      `  -d "code_verifier=$VERIFIER" --data-urlencode ${quote(`redirect_uri=${callbackUrl}`)} | json it.access_token)`,
    ],
  };
}
