import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { createCloudFrontUrlSigner } from "./adapters/cloudfront-url-signer.ts";
import { createJwtVerifier } from "./adapters/jwt-verifier.ts";
import { createOriginSecret } from "./adapters/origin-secret.ts";
import { createRateLimit } from "./adapters/rate-limit.ts";
import { createSigningKeySource } from "./adapters/signing-key.ts";
import { createTokenCache } from "./adapters/token-cache.ts";
import type { AppOptions } from "./app.ts";
import type { Adapters } from "./compose/adapters.ts";
import { composeAlbums } from "./compose/albums.ts";
import { composeFriends } from "./compose/friends.ts";
import { composeLinks } from "./compose/links.ts";
import { composePhotos } from "./compose/photos.ts";
import { createStores } from "./compose/stores.ts";
import { composeUploads } from "./compose/uploads.ts";
import { composeUppy } from "./compose/uppy.ts";
import { composeUsers } from "./compose/users.ts";
import { once, whenCalled } from "./compose/when-called.ts";
import type { Config } from "./config.ts";
import { createPhotoUrls } from "./domain/photo-urls.ts";
import { createIssueCookies } from "./domain/use-cases/photos/issue-cookies.ts";
import { createRelate } from "./domain/use-cases/photos/relate.ts";
import { createWindowSigner } from "./domain/window-signer.ts";

/** No photo has this id, so that looking for it shows only whether the store answers. */
const nobodysId = "00000000-0000-0000-0000-000000000000";

/** Builds the AWS clients, from AWS's standard environment, and everything that the app is made of. */
export async function compose(config: Config): Promise<AppOptions> {
  const aws = {
    region: config.AWS_REGION,
    // A caller waits: better an early 503 that says when to come again.
    requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
    maxAttempts: 3,
  };
  const now = () => new Date();
  const secrets = new SecretsManagerClient(aws);
  const originSecretArn = config.LATCHKEY_ORIGIN_SECRET_ARN;
  const signingKey = createSigningKeySource({
    client: secrets,
    secretArn: config.LATCHKEY_SIGNING_SECRET_ARN,
    keyId: config.LATCHKEY_SIGNING_KEY_ID,
    freshSeconds: config.LATCHKEY_SIGNING_KEY_FRESH_SECONDS,
    now,
  });

  // A new instance is mostly asked for photos and URLs: it does not wait for what only uploads need.
  const s3 = once(async () =>
    (await import("./compose/s3.ts")).createS3Adapters({
      aws,
      bucket: config.LATCHKEY_BUCKET,
      accelerated: config.LATCHKEY_TRANSFER_ACCELERATION,
      now,
    }),
  );
  const uploadAccess = once(async () =>
    (await import("./compose/sts.ts")).createUploadAccess(aws, {
      roleArn: config.LATCHKEY_UPLOAD_ROLE_ARN,
      bucket: config.LATCHKEY_BUCKET,
      region: config.AWS_REGION,
    }),
  );

  return wire(config, {
    ...createStores({ client: new DynamoDBClient(aws), tableName: config.LATCHKEY_TABLE, now }),
    presigner: whenCalled(async () => (await s3()).presigner),
    uploads: whenCalled(async () => (await s3()).uploads),
    issueUploadAccess: async (userId) => (await uploadAccess())(userId),
    verifier: createTokenCache({
      verify: createJwtVerifier({ issuer: config.LATCHKEY_ISSUER, clientId: config.LATCHKEY_CLIENT_ID, now }),
      now,
    }),
    ...(originSecretArn && { knowsEdge: createOriginSecret({ client: secrets, secretArn: originSecretArn, now }) }),
    currentSigner: async () => createCloudFrontUrlSigner(await signingKey()),
    now,
  });
}

/** Makes the use cases of the adapters and the settings. */
export function wire(config: Config, adapters: Adapters): AppOptions {
  const { photos, verifier, knowsEdge, answers, issueUploadAccess, currentSigner, now } = adapters;
  const mediaUrl = config.LATCHKEY_MEDIA_URL;
  const windowSeconds = config.LATCHKEY_URL_WINDOW_SECONDS;
  const signForWindow = createWindowSigner({ mediaUrl, windowSeconds, currentSigner, signatures: photos, now });
  const signPhotoUrls = createPhotoUrls({ mediaUrl, signForWindow });

  const uploads = composeUploads(config, adapters);

  return {
    verifier,
    knowsEdge,
    answers,
    issueUploadAccess,
    ...composePhotos(config, adapters, signPhotoUrls),
    ...uploads,
    uppy: composeUppy(config, adapters, uploads),
    ...composeAlbums(adapters),
    ...composeLinks(config, adapters, signPhotoUrls),
    issueCookies: createIssueCookies({ photos, relate: createRelate(adapters), signForWindow, now }),
    cookieDomain: config.LATCHKEY_COOKIE_DOMAIN || undefined,
    ...composeFriends(adapters, signPhotoUrls),
    ...composeUsers(config, adapters),
    readiness: async () => {
      await Promise.all([photos.find(nobodysId), currentSigner()]);
    },
    perAddress: createRateLimit({ perMinute: config.LATCHKEY_RATE_PER_ADDRESS, now }),
    perUser: createRateLimit({ perMinute: config.LATCHKEY_RATE_PER_USER, now }),
    absenceStep: config.LATCHKEY_ABSENCE_STEP_MS,
    maxEventLoopDelay: config.LATCHKEY_MAX_LOOP_DELAY_MS,
    webOrigins: config.LATCHKEY_WEB_ORIGINS,
  };
}
