import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import type { RenameUser, ViewProfile } from "../../domain/use-cases/users/profile.ts";
import { problems, signedIn, withBody } from "../schemas/problem.ts";
import { Profile, toProfile } from "../schemas/profile.ts";
import { nullable, ref } from "../schemas/ref.ts";
import { DisplayName } from "../schemas/values.ts";

export interface UserUseCases {
  readonly viewProfile: ViewProfile;
  readonly renameUser: RenameUser;
}

const Change = Type.Object(
  { displayName: nullable(DisplayName) },
  { additionalProperties: false, description: "A name of null goes." },
);

export const profileRoutes: FastifyPluginAsyncTypebox<UserUseCases> = async (app, { viewProfile, renameUser }) => {
  app.addSchema(Profile);

  app.get(
    "/me",
    {
      schema: {
        operationId: "viewProfile",
        tags: ["me"],
        summary: "See who you are here, what you use, and how much you may",
        response: { 200: ref(Profile), ...problems(...signedIn) },
      },
    },
    async (request) => toProfile(await viewProfile(request.viewer)),
  );

  app.patch(
    "/me",
    {
      schema: {
        operationId: "renameUser",
        tags: ["me"],
        summary: "Change the name that friends and fellow members are shown",
        body: Change,
        response: { 200: ref(Profile), ...problems(...signedIn, ...withBody) },
      },
    },
    async (request) => toProfile(await renameUser(request.viewer, request.body.displayName)),
  );
};
