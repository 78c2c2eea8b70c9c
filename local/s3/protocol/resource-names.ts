/** The ARNs of S3's own resources; they carry neither region nor account. */
export const bucketArn = (bucket: string) => `arn:aws:s3:::${bucket}`;
export const objectArn = (bucket: string, key: string) => `arn:aws:s3:::${bucket}/${key}`;

/** Where a client finds an object again, as POST and CompleteMultipartUpload tell it. */
export function objectUrl(host: string | undefined, bucket: string, key: string): string {
  return `http://${host}/${[bucket, ...key.split("/")].map(encodeURIComponent).join("/")}`;
}
