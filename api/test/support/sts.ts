import { STSClient } from "@aws-sdk/client-sts";
import { createSts } from "../../../local/sts/sts.ts";
import { recorded, recordingOf } from "../../../local/test/support/recorded.ts";
import { recordedRole, roleArn, startTestAccount } from "../../../local/test/support/test-account.ts";

export interface TestSts {
  /** Of the API's role. */
  readonly client: STSClient;
  readonly uploadRoleArn: string;
  close(): Promise<void>;
}

/** The local STS, with the API's role and the one that it hands out sessions of. */
export async function startTestSts(): Promise<TestSts> {
  const uploadRoleArn = roleArn("uploads");
  const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: roleArn("api") } };
  const uploads = recorded(
    "aws:iam/role:Role",
    "uploads",
    { name: "uploads", assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }) },
    { id: "uploads", arn: uploadRoleArn },
  );
  const api = recordedRole("api", [{ Effect: "Allow", Action: "sts:AssumeRole", Resource: uploadRoleArn }]);
  const test = await startTestAccount(recordingOf(...api, uploads), async (_, account) => [createSts(account)]);
  const client = new STSClient(test.client(roleArn("api")));
  return {
    client,
    uploadRoleArn,
    async close() {
      client.destroy();
      await test.close();
    },
  };
}
