import Type from "typebox";
import { UserId, Uuid } from "./values.ts";

export const PhotoParams = Type.Object({ photoId: Uuid });
export const UserParams = Type.Object({ userId: UserId });
