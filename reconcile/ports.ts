/** Puts a delete marker over an object of the bucket, be there one or not. */
export type RemoveObject = (key: string) => Promise<void>;

/** One entry of the reconciler's log; never a signature, token or key. */
export type Log = (entry: Readonly<Record<string, unknown>>) => void;
