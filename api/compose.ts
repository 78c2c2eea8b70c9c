import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { createCloudFrontUrlSigner } from "./adapters/cloudfront-url-signer.ts";
import { createDynamoDbPhotoStore } from "./adapters/dynamodb/photo-store.ts";
import { createJwtVerifier } from "./adapters/jwt-verifier.ts";
import { createPhotoIds } from "./adapters/photo-ids.ts";
import { resolveBucketAddress } from "./adapters/s3-bucket-address.ts";
import { createS3Presigner } from "./adapters/s3-presigner.ts";
import { createSigningKeySource } from "./adapters/signing-key.ts";
import { createTokenCache } from "./adapters/token-cache.ts";
import type { AppOptions } from "./app.ts";
import type { Config } from "./config.ts";
import { createPhotoUrls } from "./domain/photo-urls.ts";
import type { Clock } from "./domain/ports/clock.ts";
import type { PhotoStore, SignatureStore } from "./domain/ports/photo-store.ts";
import type { TokenVerifier } from "./domain/ports/sign-in.ts";
import type { UploadPresigner, UrlSigner } from "./domain/ports/signing.ts";
import { createChangePhoto } from "./domain/use-cases/photos/change-photo.ts";
import { createCompletePhoto } from "./domain/use-cases/photos/complete-photo.ts";
import { createIssueDeleteUrl } from "./domain/use-cases/photos/issue-delete-url.ts";
import { createIssueUrls } from "./domain/use-cases/photos/issue-urls.ts";
import { createListPhotos } from "./domain/use-cases/photos/list-photos.ts";
import { createReservePhotos } from "./domain/use-cases/photos/reserve-photos.ts";
import { createWindowSigner } from "./domain/window-signer.ts";

/** What the use cases stand on, whatever keeps and signs behind it. */
export interface Adapters {
  readonly store: PhotoStore & SignatureStore;
  readonly presigner: UploadPresigner;
  readonly verifier: TokenVerifier;
  /** Resolves to the signer of the key in use. */
  readonly currentSigner: () => Promise<UrlSigner>;
  readonly now: Clock;
}

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
  const s3 = new S3Client(aws);
  const now = () => new Date();
  const signingKey = createSigningKeySource({
    client: new SecretsManagerClient(aws),
    secretArn: config.LATCHKEY_SIGNING_SECRET_ARN,
    keyId: config.LATCHKEY_SIGNING_KEY_ID,
  });

  return wire(config, {
    store: createDynamoDbPhotoStore({ client: new DynamoDBClient(aws), tableName: config.LATCHKEY_TABLE, now }),
    presigner: createS3Presigner({
      bucket: await resolveBucketAddress(s3, config.LATCHKEY_BUCKET),
      credentials: s3.config.credentials,
      now,
    }),
    verifier: createTokenCache({
      verify: createJwtVerifier({ issuer: config.LATCHKEY_ISSUER, clientId: config.LATCHKEY_CLIENT_ID, now }),
      now,
    }),
    currentSigner: async () => createCloudFrontUrlSigner(await signingKey()),
    now,
  });
}

/** Makes the use cases of the adapters and the settings. */
export function wire(config: Config, adapters: Adapters): AppOptions {
  const { store, presigner, verifier, currentSigner, now } = adapters;
  const mediaUrl = config.LATCHKEY_MEDIA_URL;
  const windowSeconds = config.LATCHKEY_URL_WINDOW_SECONDS;
  const signForWindow = createWindowSigner({ mediaUrl, windowSeconds, currentSigner, signatures: store, now });
  const signPhotoUrls = createPhotoUrls({ mediaUrl, signForWindow });
  const limits = {
    maxBytes: config.LATCHKEY_MAX_UPLOAD_BYTES,
    contentTypes: config.LATCHKEY_ALLOWED_TYPES,
    uploadSeconds: config.LATCHKEY_UPLOAD_SECONDS,
  };

  return {
    verifier,
    reservePhotos: createReservePhotos({ store, presigner, newId: createPhotoIds(now), now, limits }),
    completePhoto: createCompletePhoto({ store }),
    changePhoto: createChangePhoto({ store }),
    listPhotos: createListPhotos({ store, signPhotoUrls }),
    issueUrls: createIssueUrls({ store, signPhotoUrls }),
    issueDeleteUrl: createIssueDeleteUrl({ store, presigner, now, deleteSeconds: config.LATCHKEY_UPLOAD_SECONDS }),
    readiness: async () => {
      await Promise.all([store.find(nobodysId), currentSigner()]);
    },
    webOrigins: config.LATCHKEY_WEB_ORIGINS,
  };
}
