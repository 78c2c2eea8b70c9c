import { messageOf } from "./answers/answer.ts";
import { type RecordedResource, startRecording } from "./recording.ts";
import { runProgram } from "./run.ts";
import type { FromProgram, ToProgram } from "./run-apart.ts";

const calls = new Map<number, PromiseWithResolvers<string>>();

process.on("message", (message: ToProgram) => {
  switch (message.kind) {
    case "run":
      return run(message);
    case "invoked":
      return calls.get(message.call)?.resolve(message.result);
    case "invocation-failed":
      return calls.get(message.call)?.reject(new Error(message.message));
  }
});
process.on("disconnect", () => process.exit());

async function run({ stackFile, recording: { accountId } }: ToProgram & { kind: "run" }): Promise<void> {
  try {
    const { outputs } = await runProgram({
      stackFile,
      recording: startRecording(stackFile, accountId),
      invoke,
      onRecorded: (resource) => send({ kind: "recorded", resource }),
    });
    send({ kind: "finished", outputs });
  } catch (error) {
    send({ kind: "failed", message: messageOf(error) });
  }
}

function invoke({ urn }: RecordedResource, payload: string): Promise<string> {
  const call = calls.size;
  const answer = Promise.withResolvers<string>();
  calls.set(call, answer);
  send({ kind: "invoke", call, urn, payload });
  return answer.promise;
}

function send(message: FromProgram): void {
  process.send?.(message);
}
