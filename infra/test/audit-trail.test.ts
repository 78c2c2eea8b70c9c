import { expect } from "chai";
import type { Recording } from "../../local/program/recording.ts";
import { stacksOf } from "../../local/program/stack-file.ts";
import { declare, json, root, theOne } from "./support/declared.ts";

for (const stack of await stacksOf(root)) {
  describe(`What is on the record, in the stack ${stack}`, () => {
    let recording: Recording;
    before(async () => {
      recording = await declare(stack);
    });
    const outputs = (type: string, name: string) => theOne(recording, type, name).outputs;

    it("is what anybody does in any region, and with each object of the media bucket", () => {
      const { inputs } = theOne(recording, "aws:cloudtrail/trail:Trail");
      expect(inputs).to.deep.include({
        name: `latchkey-audit-${stack}`,
        isMultiRegionTrail: true,
        includeGlobalServiceEvents: true,
        enableLogFileValidation: true,
        kmsKeyId: outputs("aws:kms/key:Key", "latchkey-key").arn,
        cloudWatchLogsRoleArn: outputs("aws:iam/role:Role", "latchkey-audit-role").arn,
        s3BucketName: recording.outputs.logBucketName,
      });
      expect(JSON.stringify(inputs.advancedEventSelectors)).to.contain(
        `"startsWiths":["${outputs("aws:s3/bucket:Bucket", "latchkey-media").arn}/"]`,
      );
    });

    it("is what S3 itself says of the media bucket", () => {
      expect(theOne(recording, "aws:s3/bucketLogging:BucketLogging").inputs).to.deep.equal({
        bucket: outputs("aws:s3/bucket:Bucket", "latchkey-media").bucket,
        targetBucket: recording.outputs.logBucketName,
        targetPrefix: "access/",
      });
    });

    it("is written by this trail and for this bucket alone, and read by nobody from outside", () => {
      const policy = theOne(recording, "aws:s3/bucketPolicy:BucketPolicy", "latchkey-audit-logs-policy");
      const { Statement } = json(policy, "policy");
      const trail = theOne(recording, "aws:cloudtrail/trail:Trail").outputs.arn;
      const [logs, look, write, deny] = Statement;
      expect(logs.Condition.ArnEquals["aws:SourceArn"]).to.equal(outputs("aws:s3/bucket:Bucket", "latchkey-media").arn);
      for (const statement of [look, write]) {
        expect(statement.Condition.StringEquals["aws:SourceArn"]).to.equal(trail);
      }
      expect(deny).to.deep.include({ Effect: "Deny", Principal: "*", Action: "s3:*" });
      const block = theOne(
        recording,
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "latchkey-audit-logs-access-block",
      );
      expect(block.inputs).to.include({ restrictPublicBuckets: true, blockPublicPolicy: true, blockPublicAcls: true });
    });
  });
}
