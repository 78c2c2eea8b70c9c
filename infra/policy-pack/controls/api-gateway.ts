import { type Control, faultsAt, is, isSet } from "../control.ts";

export const apiGatewayControls: readonly Control[] = [
  {
    id: "APIGateway.8",
    title: "A route asks who calls",
    how: "a JWT of the user pool, on all routes but those that are there for people without one",
    types: ["aws:apigatewayv2/route:Route"],
    faults: (it) => faultsAt(it, "authorizationType", is("JWT", "AWS_IAM", "CUSTOM"), "take JWT and the authorizer"),
  },
  {
    id: "APIGateway.9",
    title: "A stage writes an access log",
    how: "as JSON, to a log group under the stack's key",
    types: ["aws:apigatewayv2/stage:Stage"],
    faults: (it) => faultsAt(it, "accessLogSettings.destinationArn", isSet, "name a log group"),
  },
];
