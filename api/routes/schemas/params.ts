import Type from "typebox";
import { Uuid } from "./values.ts";

export const PhotoParams = Type.Object({ photoId: Uuid });
