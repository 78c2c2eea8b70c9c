import { createServer } from "node:net";
import { type Recording, resourcesOf } from "./program/recording.ts";

export const host = "127.0.0.1";

/** In the order of their ports. */
const services = ["api", "media", "s3", "identity", "aws"] as const;
export type ServiceName = (typeof services)[number];
export type Ports = Readonly<Record<ServiceName, number>>;

/** Five ports from `first` on, or any five free ones for 0. */
export async function choosePorts(first: number): Promise<Ports> {
  const ports = first === 0 ? await freePorts(services.length) : services.map((_, index) => first + index);
  return Object.fromEntries(services.map((service, index) => [service, ports[index]])) as Ports;
}

/** Held open together, so that no port is found twice. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, host, resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the system gave no free port");
    return address.port;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
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
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: this.of("identity"),
    };
  }

  /** Puts local origins in place of AWS's in a setting, since nothing here can answer to those names. */
  translate(value: string): string {
    let translated = value;
    for (const { outputs } of resourcesOf(this.#recording, "aws:cloudfront/distribution:Distribution")) {
      translated = translated.replaceAll(`https://${outputs.domainName}`, this.of("media"));
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
