import type { DynaliteError } from "./dynalite-types.ts";

/** The namespaces that DynamoDB puts before the names of its errors. */
const dynamodb = "com.amazonaws.dynamodb.v20120810";
const validate = "com.amazon.coral.validate";

/** An error of the DynamoDB API, in the shape in which dynalite throws its own. */
export class DynamoDbError extends Error implements DynaliteError {
  readonly statusCode = 400;
  readonly body: DynaliteError["body"];

  /** `members` are what the error carries beside its message, such as `CancellationReasons`. */
  constructor(code: string, message: string, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.body = { __type: `${dynamodb}#${code}`, message, ...members };
  }
}

/** A request that DynamoDB refuses whatever is stored. */
export class ValidationError extends Error implements DynaliteError {
  readonly statusCode = 400;
  readonly body: DynaliteError["body"];

  constructor(message: string) {
    super(message);
    this.body = { __type: `${validate}#ValidationException`, message };
  }
}

/** Whether the request is at fault, so that the caller is told. */
export function isDynaliteError(error: unknown): error is DynaliteError {
  return error instanceof Error && "statusCode" in error && "body" in error;
}

/** Whether nothing is wrong but that the condition does not hold. */
export function isConditionFailure(error: unknown): error is DynaliteError {
  return isDynaliteError(error) && codeOf(error) === "ConditionalCheckFailedException";
}

/** The name of an error without its namespace: `ConditionalCheckFailedException`. */
export function codeOf(error: DynaliteError): string {
  return error.body.__type.slice(error.body.__type.indexOf("#") + 1);
}
