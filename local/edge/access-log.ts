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

type Shown = string | number | undefined;

/** Neither queries nor cookies among them, whatever the program asks for: they hold signatures, which open photos. */
const fields: Readonly<Record<string, (entry: AccessLogEntry) => Shown>> = {
  date: ({ at }) => at.toISOString().split("T")[0],
  time: ({ at }) => at.toISOString().split(/[T.]/)[1],
  "c-ip": ({ clientIp }) => clientIp,
  "cs-method": ({ method }) => method,
  "cs(Host)": ({ host }) => host,
  "x-host-header": ({ host }) => host,
  "cs-uri-stem": ({ path }) => path,
  "sc-status": ({ status }) => status,
  "sc-bytes": ({ bytes }) => bytes,
  "time-taken": ({ seconds }) => seconds.toFixed(3),
  "x-edge-result-type": ({ result }) => result,
  "x-edge-request-id": ({ requestId }) => requestId,
  "cs(Referer)": ({ referer }) => referer?.split(/[?#]/, 1)[0],
  "cs(User-Agent)": ({ userAgent }) => userAgent,
};

/** CloudFront's standard log on disk, of the fields that the program asks for; where it says nothing, of all known here. */
export class AccessLog {
  readonly #file: string;
  readonly #fields: readonly string[];
  #handle: FileHandle | undefined;
  #size = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string, asked: readonly string[] = Object.keys(fields)) {
    this.#file = join(folder, "access.log");
    this.#fields = asked.filter((field) => Object.hasOwn(fields, field));
  }

  /** Never rejects into a viewer's request: a failure shows when the log is closed. */
  write(entry: AccessLogEntry): void {
    this.#writing = this.#writing.then(() => this.#append(this.#line(entry)));
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
    if (this.#size === 0) await handle.appendFile(`#Version: 1.0\n#Fields: ${this.#fields.join(" ")}\n`);
    return handle;
  }

  #line(entry: AccessLogEntry): string {
    const shown = this.#fields.map((field) => String(fields[field]?.(entry) ?? ""));
    return `${shown.map((value) => escaped(value) || "-").join("\t")}\n`;
  }
}

/** One field stays one field, whatever a viewer puts into it. */
function escaped(value: string): string {
  return value.replace(/[^\x21-\x7e]/g, (character) => encodeURIComponent(character));
}
