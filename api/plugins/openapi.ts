import swagger from "@fastify/swagger";
import fp from "fastify-plugin";

/** Gathers the schemas of the routes registered after it into one OpenAPI document. */
export const openapi = fp(async (app) => {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Latchkey signing API",
        version: "1",
        description:
          "Hands out short-lived keys to photos: presigned requests to S3 for uploads and deletes, signed CloudFront URLs for viewing. Errors are RFC 9457 problems.",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      servers: [{ url: "/", description: "Where this document came from." }],
      tags: [
        { name: "photos", description: "Photos and the keys to them." },
        { name: "uppy", description: "The protocols of Uppy's upload plugins, version 5 and version 6." },
        { name: "albums", description: "Photos of several users, for members to see." },
        { name: "links", description: "What opens a photo or an album without an account." },
        { name: "friends", description: "Who is whose friend, and what friends share." },
        { name: "me", description: "The user who asks." },
        { name: "platform", description: "The API about itself." },
      ],
      components: {
        securitySchemes: {
          accessToken: {
            type: "http",
            scheme: "bearer",
            bearerFormat: "JWT",
            description: "An access token of the stack's user pool, or of its OIDC issuer.",
          },
        },
      },
      security: [{ accessToken: [] }],
    },
    refResolver: { buildLocalReference: ({ $id }) => String($id) },
  });
});
