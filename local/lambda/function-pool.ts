import type { FunctionProcess, Outcome } from "./function-process.ts";
import type { Invocation } from "./process-messages.ts";

export interface PoolOptions {
  /** How many processes there may be at once. */
  readonly limit: number;
  /** How long a process is kept for the next invocation. */
  readonly idleMs: number;
  readonly timeoutSeconds: number;
  start(): WarmProcess;
}

export interface WarmProcess {
  readonly process: FunctionProcess;
  /** Whether it is still as a new one would be: it lives, and its credentials do. */
  usable(): boolean;
}

interface Idle extends WarmProcess {
  readonly cooling: NodeJS.Timeout;
}

/** The warm processes of one function. An invocation beyond its limit waits its turn. */
export class FunctionPool {
  readonly #options: PoolOptions;
  readonly #busy = new Set<WarmProcess>();
  readonly #waiting: (() => void)[] = [];
  #idle: Idle[] = [];
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  async invoke(invocation: Omit<Invocation, "deadline">): Promise<Outcome> {
    const warm = await this.#take();
    try {
      return await warm.process.invoke(invocation, this.#options.timeoutSeconds);
    } finally {
      this.#giveBack(warm);
    }
  }

  /** Ends every process; what they were at fails. */
  async close(): Promise<void> {
    this.#closed = true;
    const processes = [...this.#busy, ...this.#idle].map(({ process }) => process);
    for (const { cooling } of this.#idle) clearTimeout(cooling);
    this.#idle = [];
    for (const wake of this.#waiting.splice(0)) wake();
    await Promise.all(processes.map((process) => process.kill()));
  }

  async #take(): Promise<WarmProcess> {
    if (this.#closed) throw new Error("the local Lambda is stopping");
    const idle = this.#idle.pop();
    if (idle) clearTimeout(idle.cooling);
    if (idle?.usable()) return this.#keepBusy(idle);
    if (idle) await idle.process.kill();
    if (this.#busy.size < this.#options.limit) return this.#keepBusy(this.#options.start());
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.#take();
  }

  #keepBusy({ process, usable }: WarmProcess): WarmProcess {
    const warm = { process, usable };
    this.#busy.add(warm);
    return warm;
  }

  #giveBack(warm: WarmProcess): void {
    this.#busy.delete(warm);
    if (!this.#closed && warm.usable()) {
      const cooling = setTimeout(() => this.#cool(warm), this.#options.idleMs).unref();
      this.#idle.push({ ...warm, cooling });
    }
    this.#waiting.shift()?.();
  }

  #cool({ process }: WarmProcess): void {
    this.#idle = this.#idle.filter((idle) => idle.process !== process);
    void process.kill();
  }
}
