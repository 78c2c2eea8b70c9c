/** Every setting that the API asks for, as a stack might have it: for tests, and for the app that only describes itself. */
export const exampleEnvironment = {
  AWS_REGION: "eu-central-1",
  LATCHKEY_BUCKET: "latchkey-media",
  LATCHKEY_TABLE: "latchkey-photos",
  LATCHKEY_MEDIA_URL: "https://media.example.com",
  LATCHKEY_SIGNING_KEY_ID: "K2EXAMPLE",
  LATCHKEY_SIGNING_SECRET_ARN: "arn:aws:secretsmanager:eu-central-1:000000000000:secret:signing-a",
  LATCHKEY_ISSUER: "https://issuer.example.com",
  LATCHKEY_CLIENT_ID: "7example23456",
  LATCHKEY_URL_WINDOW_SECONDS: "900",
  LATCHKEY_UPLOAD_SECONDS: "900",
  LATCHKEY_MAX_UPLOAD_BYTES: "50000000",
  LATCHKEY_QUOTA_BYTES: "1000000000",
  LATCHKEY_QUOTA_PHOTOS: "10000",
  LATCHKEY_ALLOWED_TYPES: "image/jpeg,image/png,image/webp",
  LATCHKEY_WEB_ORIGINS: "https://photos.example.com",
  LATCHKEY_LOG_LEVEL: "debug",
};
