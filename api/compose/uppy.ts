import type { Config } from "../config.ts";
import { createUppyCompanion } from "../domain/use-cases/uppy/companion.ts";
import { createSignUppyRequest } from "../domain/use-cases/uppy/sign-uppy-request.ts";
import type { UppyOptions } from "../routes/uppy/uppy-routes.ts";
import type { Adapters } from "./adapters.ts";
import type { UploadUseCases } from "./uploads.ts";

/** Uppy's protocols, spoken by the use cases that every upload goes through. */
export function composeUppy(config: Config, adapters: Adapters, uploads: UploadUseCases): UppyOptions {
  const { now, presigner } = adapters;
  const uploadSeconds = config.LATCHKEY_UPLOAD_SECONDS;
  const companion = createUppyCompanion({ ...adapters, ...uploads });
  return {
    ...companion,
    signUppyRequest: createSignUppyRequest({ ...adapters, ...uploads, ...companion, uploadSeconds }),
    bucket: config.LATCHKEY_BUCKET,
    locate: presigner.locate,
    now,
  };
}
