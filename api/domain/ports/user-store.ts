import type { UserId } from "../photo.ts";
import type { User } from "../user.ts";

/** What the platform keeps of users: a newcomer where it keeps nothing yet. */
export interface UserStore {
  find(id: UserId): Promise<User>;
  /** In the order asked for. */
  findMany(ids: readonly UserId[]): Promise<User[]>;
  /** Null takes the name away. */
  rename(id: UserId, displayName: string | null): Promise<User>;
}
