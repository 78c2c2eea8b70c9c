import type { Cloud } from "./cloud.ts";
import type { Step } from "./shell.ts";
import { signInStep } from "./walkthrough-sign-in.ts";

/** One real photograph of the tests, small and freely licensed. */
export const samplePhoto = "renditions/test/photos/chelsea.jpg";

/**
 * The whole life of a photo in curl: what `npm start` prints, for copying and pasting into a POSIX shell in the checkout.
 * It needs curl, openssl and Node, and runs as printed; a test does so. Empty for a stack that nobody signs in to by curl.
 */
export function walkthrough(
  cloud: Pick<Cloud, "api" | "identity" | "clientId" | "userPoolId" | "recording" | "users">,
): Step[] {
  const { api, users } = cloud;
  const user = users[0];
  if (!user) throw new Error("the user pool has no demo user to walk through as");
  const signIn = signInStep(cloud, user);
  if (!signIn) return [];
  return [
    {
      title: "two helpers: read a field of some JSON, and show a response's status and cache verdict",
      commands: [
        `json() { node -pe "const it = JSON.parse(fs.readFileSync(0, 'utf8')); $1"; }`,
        `look() { curl -s -o "$2" -D - "$1" | grep -iE '^(HTTP|content-type|x-cache)'; }`,
      ],
    },
    signIn,
    {
      title: "reserve an upload: the presigned URL fits this key, length, type and hash, once",
      commands: [
        `FILE=${samplePhoto}`,
        `RESERVED=$(curl -s ${api}/v1/photos -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\`,
        `  -d "{\\"contentType\\": \\"image/jpeg\\", \\"size\\": $(($(wc -c < $FILE))), \\"sha256\\": \\"$(openssl dgst -sha256 -binary $FILE | base64)\\"}")`,
        `ID=$(echo "$RESERVED" | json it.photo.id)`,
      ],
    },
    {
      title: "PUT the bytes straight to S3 with exactly the headers that came with the URL",
      commands: [
        `HEADERS=$(mktemp); SEEN=$(mktemp)`,
        `echo "$RESERVED" | json 'Object.entries(it.upload.headers).map((h) => h.join(": ")).join("\\n")' > "$HEADERS"`,
        `curl -sf -T "$FILE" -H @"$HEADERS" "$(echo "$RESERVED" | json it.upload.url)" && echo uploaded`,
      ],
    },
    {
      title: "wait until the worker has checked it and made its renditions",
      commands: [
        `photo() { curl -s ${api}/v1/photos/$ID -H "Authorization: Bearer $TOKEN"; }`,
        `until photo | grep -qE '"status":"(ready|rejected)"'; do sleep 0.2; done; photo | json it.photo`,
      ],
    },
    {
      title: "open the 640 rendition through CloudFront: a miss, then a hit, then nothing without the signature",
      commands: [
        `URL=$(photo | json 'it.urls["640"]')`,
        `look "$URL" "$SEEN"`,
        `look "$URL" "$SEEN"`,
        `look "\${URL%%\\?*}" /dev/null`,
      ],
    },
    {
      title: "delete it for good, and see it refused everywhere",
      commands: [
        `DELETE=$(curl -s -X POST ${api}/v1/photos/$ID/delete-url -H "Authorization: Bearer $TOKEN")`,
        `curl -sf -X DELETE "$(echo "$DELETE" | json it.url)" && echo deleted`,
        `until photo | grep -q '"status":404'; do sleep 0.2; done; photo | json it.title`,
        `look "$URL" /dev/null`,
      ],
    },
  ];
}
