import { EventEmitter } from "node:events";

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Wakes those who wait for a queue to have something for them. */
export class Arrivals {
  readonly #emitter = new EventEmitter().setMaxListeners(0);

  announce(queueArn: string): void {
    this.#emitter.emit(queueArn);
  }

  /** Resolves at the next announcement, after `delayMs`, or when the signal aborts, whichever is first. */
  next(queueArn: string, delayMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#emitter.off(queueArn, wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.min(Math.max(delayMs, 1), LONGEST_TIMER_MS));
      this.#emitter.on(queueArn, wake);
      signal.addEventListener("abort", wake);
      if (signal.aborted) wake();
    });
  }
}
