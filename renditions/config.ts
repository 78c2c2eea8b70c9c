import { type FurtherFormat, furtherFormats } from "../api/domain/photo.ts";

/** What the program tells the worker through its environment. */
export interface RenditionsConfig {
  readonly bucket: string;
  readonly table: string;
  /** Of the queues that messages come from, to give them back to. */
  readonly queueUrls: readonly string[];
  readonly topicArn: string;
  readonly distributionId: string;
  /** Whether a malware scanner tags every upload, and the worker has to wait for that. */
  readonly scanned: boolean;
  /** The most pixels that one upload may decode to, over all its frames. */
  readonly maxPixels: number;
  /** What renditions come in besides WebP. */
  readonly formats: readonly FurtherFormat[];
}

/** Parses the environment; throws one error that names every variable that is missing or wrong. */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): RenditionsConfig {
  const problems: string[] = [];
  const text = (name: string): string => {
    const value = env[name] ?? "";
    if (value === "") problems.push(`${name} is not set`);
    return value;
  };
  const positiveInteger = (name: string): number => {
    const value = text(name);
    if (value !== "" && !/^[1-9]\d{0,14}$/.test(value)) problems.push(`${name} is "${value}", not a positive integer`);
    return Number(value);
  };
  const formatsIn = (name: string): FurtherFormat[] => {
    const words = env[name]?.split(",").filter((word) => word !== "");
    if (!words) problems.push(`${name} is not set`);
    const formats = furtherFormats.filter((format) => words?.includes(format));
    if (words && formats.length < words.length) {
      problems.push(`${name} is "${env[name]}", not a list of ${furtherFormats.join(", ")}`);
    }
    return formats;
  };
  const flag = (name: string): boolean => {
    const value = text(name);
    if (!["", "true", "false"].includes(value)) problems.push(`${name} is "${value}", neither true nor false`);
    return value === "true";
  };
  const config: RenditionsConfig = {
    bucket: text("LATCHKEY_BUCKET"),
    table: text("LATCHKEY_TABLE"),
    queueUrls: text("LATCHKEY_QUEUE_URLS").split(","),
    topicArn: text("LATCHKEY_TOPIC_ARN"),
    distributionId: text("LATCHKEY_DISTRIBUTION_ID"),
    scanned: flag("LATCHKEY_SCANNED"),
    maxPixels: positiveInteger("LATCHKEY_MAX_PIXELS"),
    formats: formatsIn("LATCHKEY_RENDITION_FORMATS"),
  };
  if (problems.length > 0) throw new Error(`The worker can't start: ${problems.join("; ")}`);
  return config;
}
