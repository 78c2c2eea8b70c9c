/** A budget of requests for each of many. */
export interface RateLimit {
  /**
   * Takes `cost` from somebody's budget, or nothing when it does not hold as much; answers the whole seconds after which
   * it will, and 0 when it did. What costs more than a whole budget takes a whole budget.
   */
  take(whose: string, cost: number): number;
}
