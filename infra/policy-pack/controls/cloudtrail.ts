import { type Control, type Declared, faultsAt, is, isSet, listAt, valueAt } from "../control.ts";
import { ofType } from "../related.ts";

const trail = "aws:cloudtrail/trail:Trail";

export const cloudTrailControls: readonly Control[] = [
  {
    id: "CloudTrail.1",
    title: "A trail of all regions has every reading and writing of settings",
    how: "`isMultiRegionTrail`, and an event selector that takes all management events",
    *findings(resources) {
      const trails = ofType(resources, trail);
      if (trails.some(hasEverything)) return;
      const value = trails.map(({ name }) => name);
      yield { fault: { property: trail, value, mend: "let one be of all regions, with all management events" } };
    },
  },
  {
    id: "CloudTrail.2",
    title: "A trail is encrypted under a KMS key",
    how: "under the stack's key",
    types: [trail],
    faults: (it) => faultsAt(it, "kmsKeyId", isSet, "name the stack's key"),
  },
  {
    id: "CloudTrail.4",
    title: "A trail's files can be proved to be whole",
    how: "`enableLogFileValidation`",
    types: [trail],
    faults: (it) => faultsAt(it, "enableLogFileValidation", is(true), "set it to true"),
  },
  {
    id: "CloudTrail.5",
    title: "A trail goes to CloudWatch Logs as well",
    how: "to a log group under the stack's key",
    types: [trail],
    faults: (it) => faultsAt(it, "cloudWatchLogsGroupArn", isSet, "name a log group"),
  },
];

function hasEverything({ props }: Declared): boolean {
  if (props.isMultiRegionTrail !== true) return false;
  const advanced = listAt(props, "advancedEventSelectors");
  if (advanced.length > 0) return advanced.some(takesAllManagement);
  const basic = listAt(props, "eventSelectors");
  return (
    basic.length === 0 ||
    basic.some(
      (selector) =>
        valueAt(selector, "includeManagementEvents") !== false &&
        is("All", undefined)(valueAt(selector, "readWriteType")),
    )
  );
}

/** A selector with a second field, such as `readOnly`, takes a part of them. */
function takesAllManagement(selector: unknown): boolean {
  const fields = listAt(selector, "fieldSelectors");
  return (
    fields.length === 1 &&
    valueAt(fields[0], "field") === "eventCategory" &&
    listAt(fields[0], "equals").includes("Management")
  );
}
