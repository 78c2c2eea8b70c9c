import { createPrivateKey, sign } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import { json } from "node:stream/consumers";
import { BatchGetItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import Fastify from "fastify";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";

interface Event {
  readonly rawPath: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/*
 * What the API stands on, and nothing of the API: each library does once what a first request for a signed URL has it do.
 * No API that is made of them starts in less.
 */
const { LATCHKEY_ISSUER: issuer, LATCHKEY_TABLE: table = "" } = process.env;
const settings = { region: "eu-central-1" };
const secrets = new SecretsManagerClient(settings);
const dynamoDb = new DynamoDBClient(settings);
const server = Fastify({ logger: true });

server.post("/v1/urls", async ({ headers: { authorization = "" } }) => {
  const [response] = await once(http.get(`${issuer}/keys`), "response");
  const keys = (await json(response)) as JSONWebKeySet;
  await jwtVerify(authorization.slice("Bearer ".length), createLocalJWKSet(keys));
  const [{ SecretString = "" }, { Responses }] = await Promise.all([
    secrets.send(new GetSecretValueCommand({ SecretId: "signing-key" })),
    dynamoDb.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys: [{ id: { S: "photo" } }] } } })),
  ]);
  const key = createPrivateKey(JSON.parse(SecretString).privateKeyPem);
  return {
    photos: Responses?.[table]?.length,
    signature: sign("sha256", Buffer.from("policy"), key).toString("base64"),
  };
});

export async function handler({ rawPath, headers, body }: Event) {
  const answer = await server.inject({ method: "POST", url: rawPath, headers, payload: body });
  return { statusCode: answer.statusCode, body: answer.body };
}
