export interface ServerClock {
  /** Milliseconds since 1970, as the API has it. */
  now(): number;
  /** Takes the time from an answer that no cache gave. */
  adjust(headers: Headers): void;
}

/** The API's time: whether its URLs have expired must not depend on a device whose clock is wrong. */
export function createServerClock(): ServerClock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    adjust(headers) {
      const time = Date.parse(headers.get("date") ?? "");
      if (!Number.isNaN(time)) ahead = time - Date.now();
    },
  };
}
