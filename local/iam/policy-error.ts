/** A policy that IAM would refuse, or that says what this evaluator does not know: never guessed at. */
export class PolicyError extends Error {
  readonly code = "MalformedPolicyDocument";

  constructor(message: string) {
    super(message);
    this.name = "PolicyError";
  }
}
