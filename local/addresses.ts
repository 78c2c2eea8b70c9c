import { createServer } from "node:http";
import { roleOfDistribution } from "./declared.ts";
import { listen } from "./listen.ts";
import { type Recording, resourcesOf } from "./program/recording.ts";

export const host = "127.0.0.1";

/** In the order of their ports. */
const services = ["api", "media", "s3", "identity", "aws"] as const;
export type ServiceName = (typeof services)[number];
export type Ports = Readonly<Record<ServiceName, number>>;

/** Five ports from `first` on, or any five free ones for 0. Rejects, before anything is started, when one is in use. */
export async function choosePorts(first: number): Promise<Ports> {
  // Held open together, so that no port is found twice.
  const held = await Promise.allSettled(
    services.map((_, index) => listen(createServer(), { port: first && first + index, host })),
  );
  const opened = held.flatMap((attempt) => (attempt.status === "fulfilled" ? [attempt.value] : []));
  await Promise.all(opened.map((service) => service.close()));
  for (const attempt of held) if (attempt.status === "rejected") throw attempt.reason;
  return Object.fromEntries(
    services.map((service, index) => [service, Number(new URL(opened[index]?.url ?? "").port)]),
  ) as Ports;
}

/** Where the addresses that AWS would have given are answered here. */
export class Addresses {
  readonly #ports: Ports;
  readonly #recording: Recording;

  constructor(ports: Ports, recording: Recording) {
    this.#ports = ports;
    this.#recording = recording;
  }

  of(service: ServiceName): string {
    return `http://${host}:${this.#ports[service]}`;
  }

  /** The standard variables by which every AWS SDK finds its services. */
  endpoints(): Record<string, string> {
    const aws = this.of("aws");
    return {
      AWS_REGION: this.#recording.region,
      AWS_ENDPOINT_URL: aws,
      AWS_ENDPOINT_URL_S3: this.of("s3"),
      AWS_ENDPOINT_URL_COGNITO_IDENTITY: this.of("identity"),
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: this.of("identity"),
    };
  }

  /** Puts local origins in place of AWS's in a setting, since nothing here can answer to those names. */
  translate(value: string): string {
    let translated = value;
    for (const distribution of resourcesOf(this.#recording, "aws:cloudfront/distribution:Distribution")) {
      const { aliases, domainName } = distribution.outputs;
      const role = roleOfDistribution(distribution);
      for (const name of [domainName, ...(Array.isArray(aliases) ? aliases : [])]) {
        if (role) translated = translated.replaceAll(`https://${name}`, this.of(role));
      }
    }
    return translated.replaceAll(`https://cognito-idp.${this.#recording.region}.amazonaws.com`, this.of("identity"));
  }

  /** The address of a declared bucket, by the domain name that a distribution's origin has; undefined for any other name. */
  bucketOrigin(domainName: string): string | undefined {
    const bucket = resourcesOf(this.#recording, "aws:s3/bucket:Bucket").find(
      ({ outputs }) => outputs.bucketRegionalDomainName === domainName,
    );
    return bucket && `${this.of("s3")}/${bucket.id}`;
  }
}
