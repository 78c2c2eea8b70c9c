/** What all AWS clients have in common. */
export interface ClientSettings {
  readonly region: string;
  readonly requestHandler: { readonly connectionTimeout: number; readonly requestTimeout: number };
  readonly maxAttempts: number;
}
