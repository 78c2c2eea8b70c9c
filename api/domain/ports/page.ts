/** What to read of a list. */
export interface PageRequest {
  readonly limit: number;
  /** Of the same list; a damaged one, or one of another list, throws InvalidCursorError. */
  readonly cursor?: string | undefined;
}

export interface Page<T> {
  readonly items: T[];
  /** Opaque; absent on the last page. */
  readonly nextCursor?: string;
}
