import type { UserId } from "../photo.ts";

/** What went out in answer to a request. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

/** A request that a user may send again without its being done again. */
export interface RepeatableRequest {
  readonly userId: UserId;
  /** Of the user's choice, up to 255 characters; it may be guessable. */
  readonly key: string;
  /** Alike for requests that are alike, 32 bytes. It is kept in clear, and says nothing without the key. */
  readonly fingerprint: Uint8Array;
}

/** The right to do what was asked for, for a minute; whoever lets it pass may see another take over. */
export interface Attempt {
  /** From now on every repetition gets this answer. */
  keep(answer: Answer): Promise<void>;
  /** Lets the next repetition try anew at once. */
  release(): Promise<void>;
}

/** Remembers for 24 hours what was answered to requests that came with an idempotency key. */
export interface AnswerStore {
  /**
   * Resolves to the answer where the request has been answered before, otherwise to an attempt that nobody else holds.
   * Rejects with IdempotencyKeyReusedError when the key came with another request, and with IdempotencyKeyInUseError
   * while another attempt is under way.
   */
  begin(request: RepeatableRequest): Promise<Answer | Attempt>;
}
