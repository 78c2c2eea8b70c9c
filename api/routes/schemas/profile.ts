import Type, { type Static } from "typebox";
import type { Profile as DomainProfile } from "../../domain/use-cases/users/profile.ts";
import { nullable } from "./ref.ts";
import { DisplayName, UserId } from "./values.ts";

const Usage = Type.Object({
  bytes: Type.Integer({ examples: [2_483_119] }),
  photos: Type.Integer({ examples: [12] }),
});

export const Profile = Type.Object(
  {
    user: Type.Object({
      id: UserId,
      displayName: nullable(DisplayName),
      groups: Type.Array(Type.String({ examples: ["editors"] }), { description: "As your token names them." }),
    }),
    quota: { ...Usage, description: "How much you may have." },
    used: { ...Usage, description: "How much you have, the trash and uploads under way included." },
    friendCount: Type.Integer({ examples: [7] }),
  },
  { $id: "Profile", description: "You, as the platform knows you." },
);

export function toProfile({ user, groups, quota }: DomainProfile): Static<typeof Profile> {
  return {
    user: { id: user.id, displayName: user.displayName ?? null, groups: [...groups] },
    quota: { ...quota },
    used: { ...user.usage },
    friendCount: user.friendCount,
  };
}
