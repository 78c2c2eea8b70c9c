import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface CustomDomainArgs {
  /** The host's name, such as `media.photos.example.com`. */
  host: string;
  /** The Route 53 zone that the host is in. */
  zoneId: pulumi.Input<string>;
}

/** CloudFront takes certificates of this region only. */
const region = "us-east-1";

/** A host name of one's own for a distribution: the certificate, proved by DNS, and the records that lead there. */
export class CustomDomain extends pulumi.ComponentResource {
  readonly host: string;
  /** Of the certificate once it is proved. */
  readonly certificateArn: pulumi.Output<string>;
  readonly #name: string;
  readonly #zoneId: pulumi.Input<string>;

  constructor(name: string, args: CustomDomainArgs, opts?: pulumi.ComponentResourceOptions) {
    super("latchkey:cdn:CustomDomain", name, {}, opts);
    const { host, zoneId } = args;
    const child = { parent: this };
    const certificate = new aws.acm.Certificate(
      `${name}-certificate`,
      { region, domainName: host, validationMethod: "DNS" },
      child,
    );
    const proof = certificate.domainValidationOptions.apply(([only]) => {
      if (!only) throw new Error(`ACM asks for no proof that ${host} is ours; see the certificate in ${region}`);
      return only;
    });
    const record = new aws.route53.Record(
      `${name}-proof`,
      {
        zoneId,
        name: proof.resourceRecordName,
        type: proof.resourceRecordType,
        records: [proof.resourceRecordValue],
        ttl: 300,
      },
      child,
    );
    const validation = new aws.acm.CertificateValidation(
      `${name}-proved`,
      { region, certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] },
      child,
    );

    this.host = host;
    this.certificateArn = validation.certificateArn;
    this.#name = name;
    this.#zoneId = zoneId;
    this.registerOutputs({ host, certificateArn: this.certificateArn });
  }

  /** Leads the host's IPv4 and IPv6 addresses to a distribution that answers for it. */
  leadTo(distribution: aws.cloudfront.Distribution): void {
    for (const type of ["A", "AAAA"]) {
      new aws.route53.Record(
        `${this.#name}-${type.toLowerCase()}`,
        {
          zoneId: this.#zoneId,
          name: this.host,
          type,
          aliases: [{ name: distribution.domainName, zoneId: distribution.hostedZoneId, evaluateTargetHealth: false }],
        },
        { parent: this },
      );
    }
  }
}

/** What a distribution is told of the name that it answers for; without one it has CloudFront's own, and its certificate. */
export function answerFor(
  domain: CustomDomain | undefined,
): Pick<aws.cloudfront.DistributionArgs, "aliases" | "viewerCertificate"> {
  // CloudFront's own certificate can't be held to a version of TLS.
  if (!domain) return { viewerCertificate: { cloudfrontDefaultCertificate: true } };
  return {
    aliases: [domain.host],
    viewerCertificate: {
      acmCertificateArn: domain.certificateArn,
      sslSupportMethod: "sni-only",
      minimumProtocolVersion: "TLSv1.2_2021",
    },
  };
}
