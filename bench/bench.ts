/** Prints what it measures, in about `seconds`. */
export type Bench = (options: { seconds: number; print: (text: string) => void }) => Promise<void>;
