import { type FileHandle, open, rename, stat } from "node:fs/promises";
import { join } from "node:path";

/** At this size a log becomes `access.log.1`, and the one before it goes. */
const longestLog = 10 * 1024 * 1024;

export interface AccessLogEntry {
  readonly at: Date;
  readonly seconds: number;
  readonly clientIp: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly status: number;
  readonly result: string;
  readonly requestId: string;
  readonly bytes: number;
  readonly referer: string | undefined;
  readonly userAgent: string | undefined;
}

const fields = [
  "date",
  "time",
  "c-ip",
  "cs-method",
  "cs(Host)",
  "cs-uri-stem",
  "sc-status",
  "sc-bytes",
  "time-taken",
  "x-edge-result-type",
  "x-edge-request-id",
  "cs(Referer)",
  "cs(User-Agent)",
];

/**
 * CloudFront's standard log on disk, without query strings and cookies: they hold signatures, which open somebody's
 * photo to whoever reads the log.
 */
export class AccessLog {
  readonly #file: string;
  #handle: FileHandle | undefined;
  #size = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#file = join(folder, "access.log");
  }

  /** Never rejects into a viewer's request: a failure shows when the log is closed. */
  write(entry: AccessLogEntry): void {
    this.#writing = this.#writing.then(() => this.#append(line(entry)));
    this.#writing.catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#handle?.close();
  }

  async #append(text: string): Promise<void> {
    if (this.#handle !== undefined && this.#size + text.length > longestLog) {
      await this.#handle.close();
      await rename(this.#file, `${this.#file}.1`);
      this.#handle = undefined;
    }
    this.#handle ??= await this.#open();
    await this.#handle.appendFile(text, "latin1");
    this.#size += text.length;
  }

  async #open(): Promise<FileHandle> {
    const handle = await open(this.#file, "a", 0o600);
    this.#size = (await stat(this.#file)).size;
    if (this.#size === 0) await handle.appendFile(`#Version: 1.0\n#Fields: ${fields.join(" ")}\n`);
    return handle;
  }
}

function line(entry: AccessLogEntry): string {
  const [date = "", time = ""] = entry.at.toISOString().split(/[T.]/);
  return `${[
    date,
    time,
    entry.clientIp,
    entry.method,
    entry.host,
    entry.path,
    entry.status,
    entry.bytes,
    entry.seconds.toFixed(3),
    entry.result,
    entry.requestId,
    entry.referer?.split(/[?#]/, 1)[0],
    entry.userAgent,
  ]
    .map((value) => (value === undefined || value === "" ? "-" : escaped(String(value))))
    .join("\t")}\n`;
}

/** One field stays one field, whatever a viewer puts into it. */
function escaped(value: string): string {
  return value.replace(/[^\x21-\x7e]/g, (character) => encodeURIComponent(character));
}
