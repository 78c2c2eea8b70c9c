import type { Statement } from "./document.ts";

/** What every function needs to write its own log and its traces. */
export function functionLogs(logGroupArn: string): Statement[] {
  return [
    {
      Sid: "WriteOwnLog",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${logGroupArn}:*`,
    },
    {
      Sid: "WriteTraces",
      Effect: "Allow",
      Action: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
      // X-Ray has no resources to name.
      Resource: "*",
    },
  ];
}
