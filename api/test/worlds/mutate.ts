import { registerHooks } from "node:module";
import fc from "fast-check";
import Type from "typebox";
import { Value } from "typebox/value";
import { mutate } from "./mutants.ts";

/*
 * Loaded before anything else into a process of its own, so that production code needs no branch for it: one line of it is
 * another as it is imported.
 */

const Mutation = Type.Object({ file: Type.String(), line: Type.String(), mutated: Type.String() });

const mutant = mutate(Value.Parse(Mutation, JSON.parse(process.env.LATCHKEY_MUTATION ?? "null")));

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    return url === mutant.url ? { ...loaded, source: mutant.source } : loaded;
  },
});

// That it is found is all there is to know: the smallest world that shows it would take long.
fc.configureGlobal({ endOnFailure: true, includeErrorInReport: true });
