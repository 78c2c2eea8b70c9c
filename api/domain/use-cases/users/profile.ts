import type { Usage } from "../../photo-changes.ts";
import type { Viewer } from "../../ports/sign-in.ts";
import type { UserStore } from "../../ports/user-store.ts";
import type { User } from "../../user.ts";

export interface Profile {
  readonly user: User;
  /** As the viewer's token names them. */
  readonly groups: readonly string[];
  readonly quota: Usage;
}

export type ViewProfile = (viewer: Viewer) => Promise<Profile>;
/** Gives the viewer another name to be shown by; null takes it away. */
export type RenameUser = (viewer: Viewer, displayName: string | null) => Promise<Profile>;

export interface ProfileOptions {
  readonly users: Pick<UserStore, "find" | "rename">;
  readonly quota: Usage;
}

export function createProfile({ users, quota }: ProfileOptions): { viewProfile: ViewProfile; renameUser: RenameUser } {
  return {
    viewProfile: async ({ userId, groups }) => ({ user: await users.find(userId), groups, quota }),
    renameUser: async ({ userId, groups }, displayName) => ({
      user: await users.rename(userId, displayName?.normalize("NFC") ?? null),
      groups,
      quota,
    }),
  };
}
