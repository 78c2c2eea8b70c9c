import { type Control, type Declared, type Fault, faultsAt, is, isSet, listAt, valueAt } from "../control.ts";
import { eachOf, ofType } from "../related.ts";

const distribution = "aws:cloudfront/distribution:Distribution";
const types = [distribution];

/** What the control takes. CloudFront's own certificate can be held to none of them: it takes TLS 1.0 as well. */
const tlsPolicies = ["TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"];

export const cloudFrontControls: readonly Control[] = [
  {
    id: "CloudFront.1",
    title: "A distribution with an S3 origin has a default root object",
    how: "`defaultRootObject` is set on the media's distribution, where nothing answers without a signature anyway",
    types,
    faults: (it) =>
      originsOf(it).some(({ origin }) => isS3(origin))
        ? faultsAt(it, "defaultRootObject", isSet, "name an object, such as index.html")
        : [],
  },
  {
    id: "CloudFront.3",
    title: "Viewers come by HTTPS only",
    how: "`viewerProtocolPolicy` is `https-only` on every behaviour: a redirect would have let a signature pass in the clear",
    types,
    faults: (it) =>
      behavioursOf(it).flatMap(({ path, behaviour }) =>
        faultsOf(behaviour, path, "viewerProtocolPolicy", is("https-only", "redirect-to-https"), "take https-only"),
      ),
  },
  {
    id: "CloudFront.4",
    title: "An origin has another to fail over to",
    how: "not yet: a stack has no second bucket to fail over to, which would be in another region",
    option: true,
    types,
    faults: (it) => faultsAt(it, "originGroups", isSet, "group the origin with one to fail over to"),
  },
  {
    id: "CloudFront.5",
    title: "A distribution writes an access log",
    how: "standard logging version 2, to log groups; Security Hub knows version 1 only",
    types,
    faults: (it) => faultsAt(it, "loggingConfig.bucket", isSet, "name a bucket for the log"),
  },
  {
    id: "CloudFront.6",
    title: "A web ACL stands before a distribution",
    how: "both distributions have the web ACL of `EdgeFirewall`",
    types,
    faults: (it) => faultsAt(it, "webAclId", isSet, "give it a web ACL of the scope CLOUDFRONT"),
  },
  {
    id: "CloudFront.7",
    title: "A distribution has a certificate of its own",
    how: "`latchkey:mediaDomain` and `latchkey:apiDomain` bring one",
    option: true,
    types,
    faults: (it) =>
      faultsAt(it, "viewerCertificate.cloudfrontDefaultCertificate", (value) => value !== true, "give it a domain"),
  },
  {
    id: "CloudFront.8",
    title: "Certificates are told apart by SNI, not by addresses of their own",
    how: "`sslSupportMethod` is `sni-only`",
    types,
    faults: (it) =>
      isSet(valueAt(it.props, "viewerCertificate.acmCertificateArn"))
        ? faultsAt(it, "viewerCertificate.sslSupportMethod", is("sni-only"), "take sni-only")
        : [],
  },
  {
    id: "CloudFront.10",
    title: "CloudFront speaks no SSL to an origin",
    how: "`originSslProtocols` of the API's gateway has TLS 1.2 alone; S3 takes nothing older",
    types,
    faults: (it) =>
      originsOf(it).flatMap(({ path, origin }) =>
        faultsOf(
          origin,
          path,
          "customOriginConfig.originSslProtocols",
          (protocols) => ![protocols].flat().includes("SSLv3"),
          "leave TLSv1.2 alone in it",
        ),
      ),
  },
  {
    id: "CloudFront.12",
    title: "An S3 origin is a bucket that exists",
    how: "every S3 origin is a bucket of the same stack: nobody else can take its name",
    findings: eachOf(distribution, (it, all) => {
      const buckets = ofType(all, "aws:s3/bucket:Bucket");
      const domains = buckets.flatMap(({ props }) => [props.bucketRegionalDomainName, props.bucketDomainName]);
      return originsOf(it)
        .filter(({ origin }) => isS3(origin))
        .flatMap(({ path, origin }) =>
          faultsOf(origin, path, "domainName", is(...domains), "name a bucket of the stack"),
        );
    }),
  },
  {
    id: "CloudFront.13",
    title: "An S3 origin is read through origin access control",
    how: "`originAccessControlId` is set on every S3 origin, and the bucket answers to nobody else",
    types,
    faults: (it) => openOrigins(it, isS3, "give it an origin access control that signs"),
  },
  {
    id: "CloudFront.15",
    title: "Viewers are held to a recommended TLS policy",
    how: "`minimumProtocolVersion` is `TLSv1.2_2021` wherever there is a certificate of its own",
    types,
    faults: (it) =>
      faultsAt(
        it,
        "viewerCertificate.minimumProtocolVersion",
        is(...tlsPolicies),
        `take one of ${tlsPolicies.join(", ")}`,
      ),
  },
  {
    id: "CloudFront.16",
    title: "The URL of a Lambda function as an origin is called through origin access control",
    how: "no function has a URL: the API's is called by its HTTP API alone",
    types,
    faults: (it) => openOrigins(it, isFunctionUrl, "give it an origin access control of the type lambda"),
  },
  {
    id: "CloudFront.17",
    title: "Signatures are checked by key groups, on every behaviour",
    how: "`trustedKeyGroups` is set on every behaviour of the media's distribution, and no AWS account is a signer",
    types,
    faults: (it) =>
      behavioursOf(it).flatMap(({ path, behaviour }) => [
        ...faultsOf(behaviour, path, "trustedKeyGroups", isSet, "name the key group"),
        ...faultsOf(behaviour, path, "trustedSigners", (value) => !isSet(value), "take a key group instead"),
      ]),
  },
];

function behavioursOf({ props }: Declared) {
  const ordered = listAt(props, "orderedCacheBehaviors");
  return [
    { path: "defaultCacheBehavior", behaviour: props.defaultCacheBehavior },
    ...ordered.map((behaviour, index) => ({ path: `orderedCacheBehaviors.${index}`, behaviour })),
  ];
}

function originsOf({ props }: Declared) {
  return listAt(props, "origins").map((origin, index) => ({ path: `origins.${index}`, origin }));
}

/** By its name: an origin behind access control has no S3 settings of its own, and one that lost it would pass for another kind. */
function isS3(origin: unknown): boolean {
  return /\.s3[.-][\w.-]*amazonaws\.com(\.cn)?$/.test(String(valueAt(origin, "domainName")));
}

function isFunctionUrl(origin: unknown): boolean {
  return /\.lambda-url\.[\w-]+\.on\.aws$/.test(String(valueAt(origin, "domainName")));
}

/** Origins of a kind that CloudFront asks without signing, as anybody could. */
function openOrigins(it: Declared, isOfKind: (origin: unknown) => boolean, mend: string): readonly Fault[] {
  return originsOf(it)
    .filter(({ origin }) => isOfKind(origin))
    .flatMap(({ path, origin }) => faultsOf(origin, path, "originAccessControlId", isSet, mend));
}

function faultsOf(
  part: unknown,
  path: string,
  property: string,
  isRight: (value: unknown) => boolean,
  mend: string,
): readonly Fault[] {
  const value = valueAt(part, property);
  return isRight(value) ? [] : [{ property: `${path}.${property}`, value, mend }];
}
