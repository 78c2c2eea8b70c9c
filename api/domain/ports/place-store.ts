/** Where walks that take longer than one run of the reconciler have got to. */
export interface PlaceStore {
  find(walk: string): Promise<string | undefined>;
  keep(walk: string, place: string): Promise<void>;
  /** The walk begins anew the next time. */
  forget(walk: string): Promise<void>;
}
