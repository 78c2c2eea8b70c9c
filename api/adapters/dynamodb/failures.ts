import { ConditionalCheckFailedException, DynamoDBServiceException } from "@aws-sdk/client-dynamodb";
import { DependencyUnavailableError } from "../../domain/errors.ts";

/** Answers of 4xx that say nothing against the request. */
const throttling = new Set(["ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"]);

/** Turns what may pass by itself into DependencyUnavailableError; what is our own mistake stays as it is. */
export async function guard<T>(sent: Promise<T>): Promise<T> {
  try {
    return await sent;
  } catch (error) {
    throw mayPass(error) ? new DependencyUnavailableError("dynamodb", { cause: error }) : error;
  }
}

/** Like `guard`, and undefined where the condition of a write does not hold. */
export async function guardCondition<T>(sent: Promise<T>): Promise<T | undefined> {
  try {
    return await guard(sent);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof DynamoDBServiceException) return error.$fault === "server" || throttling.has(error.name);
  // Not an answer at all: no connection, no time left, no credentials. A TypeError is the SDK refusing what we built.
  return !(error instanceof TypeError);
}
