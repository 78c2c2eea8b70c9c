import type { BucketExchange, Exchange, ObjectExchange } from "./exchange.ts";
import type { S3Request } from "./protocol/request.ts";
import type { S3Response } from "./protocol/response.ts";

interface Named {
  /** As AWS calls it. */
  readonly name: string;
  /** What its sender must be allowed before it runs; `"each"` is for operations that ask for themselves, item by item. */
  readonly action: string | ((request: S3Request) => string);
}

export interface ServiceOperation extends Named {
  readonly on: "service";
  run(exchange: Exchange): Promise<S3Response>;
}

export interface BucketOperation extends Named {
  readonly on: "bucket";
  run(exchange: BucketExchange): Promise<S3Response>;
}

export interface ObjectOperation extends Named {
  readonly on: "object";
  /** Whether it makes an object at its key, as PutObject does and UploadPart does not. */
  readonly createsObject?: true;
  run(exchange: ObjectExchange): Promise<S3Response>;
}

export type Operation = ServiceOperation | BucketOperation | ObjectOperation;
