import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { v7 as newId } from "uuid";
import { createCloudFrontUrlSigner } from "./adapters/cloudfront-url-signer.ts";
import { createDynamoDbPhotoStore } from "./adapters/dynamodb-photo-store.ts";
import { createJwtVerifier } from "./adapters/jwt-verifier.ts";
import { resolveBucketAddress } from "./adapters/s3-bucket-address.ts";
import { createS3Presigner } from "./adapters/s3-presigner.ts";
import { createSigningKeySource } from "./adapters/signing-key.ts";
import { createTokenCache } from "./adapters/token-cache.ts";
import type { AppOptions } from "./app.ts";
import type { Config } from "./config.ts";
import { createPhotoUrls } from "./domain/photo-urls.ts";
import { createChangePhoto } from "./domain/use-cases/change-photo.ts";
import { createCompletePhoto } from "./domain/use-cases/complete-photo.ts";
import { createIssueDeleteUrl } from "./domain/use-cases/issue-delete-url.ts";
import { createIssueUrls } from "./domain/use-cases/issue-urls.ts";
import { createListPhotos } from "./domain/use-cases/list-photos.ts";
import { createReservePhotos } from "./domain/use-cases/reserve-photos.ts";
import { createWindowSigner } from "./domain/window-signer.ts";

/** No photo has this id, so that looking for it shows only whether the store answers. */
const nobodysId = "00000000-0000-0000-0000-000000000000";

/** Builds the AWS clients, from AWS's standard environment, and wires everything that the app is made of. */
export async function compose(config: Config): Promise<AppOptions> {
  const aws = {
    region: config.AWS_REGION,
    // A caller waits: better an early 503 that says when to come again.
    requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
    maxAttempts: 3,
  };
  const s3 = new S3Client(aws);
  const now = () => new Date();

  const store = createDynamoDbPhotoStore({ client: new DynamoDBClient(aws), tableName: config.LATCHKEY_TABLE, now });
  const presigner = createS3Presigner({
    bucket: await resolveBucketAddress(s3, config.LATCHKEY_BUCKET),
    credentials: s3.config.credentials,
    now,
  });
  const signingKey = createSigningKeySource({
    client: new SecretsManagerClient(aws),
    secretArn: config.LATCHKEY_SIGNING_SECRET_ARN,
    keyId: config.LATCHKEY_SIGNING_KEY_ID,
  });
  const mediaUrl = config.LATCHKEY_MEDIA_URL;
  const signForWindow = createWindowSigner({
    mediaUrl,
    windowSeconds: config.LATCHKEY_URL_WINDOW_SECONDS,
    currentSigner: async () => createCloudFrontUrlSigner(await signingKey()),
    signatures: store,
    now,
  });
  const signPhotoUrls = createPhotoUrls({ mediaUrl, signForWindow });

  return {
    verifier: createTokenCache({
      verify: createJwtVerifier({ issuer: config.LATCHKEY_ISSUER, clientId: config.LATCHKEY_CLIENT_ID, now }),
      now,
    }),
    reservePhotos: createReservePhotos({
      store,
      presigner,
      newId,
      now,
      limits: {
        maxBytes: config.LATCHKEY_MAX_UPLOAD_BYTES,
        contentTypes: config.LATCHKEY_ALLOWED_TYPES,
        uploadSeconds: config.LATCHKEY_UPLOAD_SECONDS,
      },
    }),
    completePhoto: createCompletePhoto({ store }),
    changePhoto: createChangePhoto({ store }),
    listPhotos: createListPhotos({ store, signPhotoUrls }),
    issueUrls: createIssueUrls({ store, signPhotoUrls }),
    issueDeleteUrl: createIssueDeleteUrl({ store, presigner, now, deleteSeconds: config.LATCHKEY_UPLOAD_SECONDS }),
    readiness: async () => {
      await Promise.all([store.find(nobodysId), signingKey()]);
    },
    webOrigins: config.LATCHKEY_WEB_ORIGINS,
  };
}
