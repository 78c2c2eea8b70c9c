import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import fc from "fast-check";
import Type from "typebox";
import { Value } from "typebox/value";

/*
 * Loaded before anything else into a process of its own, so that production code needs no branch for it: one line of it is
 * another as it is imported.
 */

const Mutation = Type.Object({ file: Type.String(), line: Type.String(), mutated: Type.String() });

const { file, line, mutated } = Value.Parse(Mutation, JSON.parse(process.env.LATCHKEY_MUTATION ?? "null"));
const target = new URL(`../../domain/${file}`, import.meta.url);

// A line that has been changed since would leave the mutant unlike what its title says.
const parts = readFileSync(target, "utf8").split(line);
if (parts.length !== 2) throw new Error(`${file} has ${JSON.stringify(line)} ${parts.length - 1} times, not once`);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    return url === target.href ? { ...loaded, source: parts.join(mutated) } : loaded;
  },
});

// That it is found is all there is to know: the smallest world that shows it would take long.
fc.configureGlobal({ endOnFailure: true, includeErrorInReport: true });
