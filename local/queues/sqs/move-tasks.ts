import { randomUUID } from "node:crypto";
import Type from "typebox";
import { notImplemented } from "../../gateway/protocols.ts";
import { invalid, read, type SqsOperation } from "./input.ts";

const StartInput = Type.Object({
  SourceArn: Type.String(),
  DestinationArn: Type.Optional(Type.String()),
  MaxNumberOfMessagesPerSecond: Type.Optional(Type.Integer()),
});
const ListInput = Type.Object({
  SourceArn: Type.String(),
  MaxResults: Type.Optional(Type.Integer({ minimum: 1, maximum: 10 })),
});

/** Moves dead letters back to where they came from, or elsewhere; here the task has ended when it is answered. */
export const startMessageMoveTask: SqsOperation = async (service, input, { principal }) => {
  const { SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond } = read(StartInput, input);
  if (MaxNumberOfMessagesPerSecond !== undefined) {
    throw notImplemented("sqs", "StartMessageMoveTask with MaxNumberOfMessagesPerSecond");
  }
  const source = service.byArn(SourceArn);
  for (const action of ["StartMessageMoveTask", "ReceiveMessage", "DeleteMessage"]) {
    service.require(principal, action, source);
  }
  const origins = service.declared.sourcesOf(source.arn);
  if (origins.length === 0) throw invalid("Source queue must be configured as a Dead Letter Queue.");
  const destinations = DestinationArn === undefined ? origins : [service.byArn(DestinationArn)];
  for (const destination of destinations) service.require(principal, "SendMessage", destination);
  const startedAt = service.now();
  const moved = service.store.redrive(
    source.arn,
    (origin) => (DestinationArn === undefined ? origins.find(({ arn }) => arn === origin) : destinations[0]),
    startedAt,
  );
  for (const destination of destinations) service.announce(destination);
  service.moveTasks.unshift({ SourceArn, DestinationArn, moved, startedAt });
  return { TaskHandle: Buffer.from(`${source.arn} ${randomUUID()}`).toString("base64") };
};

export const listMessageMoveTasks: SqsOperation = async (service, input, { principal }) => {
  const { SourceArn, MaxResults = 1 } = read(ListInput, input);
  const source = service.byArn(SourceArn);
  service.require(principal, "ListMessageMoveTasks", source);
  const tasks = service.moveTasks.filter((task) => task.SourceArn === source.arn);
  return {
    Results: tasks.slice(0, MaxResults).map(({ DestinationArn, moved, startedAt }) => ({
      Status: "COMPLETED",
      SourceArn,
      ...(DestinationArn !== undefined && { DestinationArn }),
      ApproximateNumberOfMessagesMoved: moved,
      ApproximateNumberOfMessagesToMove: moved,
      StartedTimestamp: startedAt,
    })),
  };
};
