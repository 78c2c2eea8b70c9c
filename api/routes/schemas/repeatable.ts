import Type from "typebox";

/** The header of every POST behind sign-in, whose problems are `repeated`. */
export const repeatable = Type.Object({
  "idempotency-key": Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      pattern: "^[!-~]*$",
      description:
        "Of your choice, new for each new request and hard to guess. The same request with the same key has the same answer for 24 hours, with `Idempotency-Replayed: true`, and is done once.",
      examples: ["5f0c1d3a9e8b4c7d8a6f2b1e0d9c8b7a"],
    }),
  ),
});

export const repeated = ["IDEMPOTENCY_KEY_REUSED", "IDEMPOTENCY_KEY_IN_USE"] as const;
