/** What a signing key is good for: one day, one region, one service. */
export interface CredentialScope {
  /** `20130524` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** `20130524/us-east-1/s3/aws4_request` */
export function formatScope({ date, region, service }: CredentialScope): string {
  return `${date}/${region}/${service}/aws4_request`;
}

export interface ScopedCredential extends CredentialScope {
  readonly accessKeyId: string;
}

/** Reads `AKIA…/20130524/us-east-1/s3/aws4_request`; undefined when it is not that. */
export function parseCredential(text: string): ScopedCredential | undefined {
  const match = /^([A-Za-z0-9]{1,128})\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request$/.exec(text);
  if (!match) return undefined;
  const [, accessKeyId = "", date = "", region = "", service = ""] = match;
  return { accessKeyId, date, region, service };
}
