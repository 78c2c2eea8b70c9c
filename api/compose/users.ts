import type { Config } from "../config.ts";
import { createProfile } from "../domain/use-cases/users/profile.ts";
import type { UserUseCases } from "../routes/users/profile-routes.ts";
import type { Adapters } from "./adapters.ts";

export function composeUsers(config: Config, { users }: Adapters): UserUseCases {
  const quota = { bytes: config.LATCHKEY_QUOTA_BYTES, photos: config.LATCHKEY_QUOTA_PHOTOS };
  return createProfile({ users, quota });
}
