/** The API's description of itself. */
export interface ApiDocuments {
  /** OpenAPI, as JSON. */
  readonly openapi: () => Promise<string>;
  /** The same as HTML, for people. */
  readonly page: () => Promise<string>;
}
