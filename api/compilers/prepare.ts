import AjvCompiler from "@fastify/ajv-compiler";
import SerializerSelector from "@fastify/fast-json-stringify-compiler";
import { type SchemaController, validatorsBy } from "./at-start.ts";
import { takeApart } from "./items-apart.ts";
import { answerName, itemName, partName } from "./prepared.ts";

export interface Preparation {
  /** For an app that is started only to say what it would compile. */
  readonly schemaController: SchemaController;
  /** Once the app is ready: JavaScript that declares `schemas`, which are `PreparedSchemas`. */
  source(): string;
}

/** Compiles the schemas of every route to source text. Equal ones, such as those of problems, are one text. */
export function prepareSchemas(): Preparation {
  const validators = new Map<string, string>();
  const serializers = new Map<string, string>();
  const items = new WeakSet<object>();

  const buildParts = validatorsBy(
    AjvCompiler.StandaloneValidator({
      readMode: false,
      storeFunction(route, code) {
        const ofItem = route.schema instanceof Object && items.has(route.schema);
        validators.set(ofItem ? itemName(route) : partName(route), code);
      },
    }),
  );
  const buildAnswers = SerializerSelector.StandaloneSerializer({
    readMode: false,
    storeFunction: (route, code) => void serializers.set(answerName(route), code),
  });
  // Without it what is compiled would have Ajv compile the schemas of unions when it is loaded.
  const inlined = { inlineValidators: true };

  return {
    schemaController: {
      compilersFactory: {
        buildValidator: (schemas: Parameters<typeof buildParts>[0]) => {
          const compile = buildParts(schemas);
          return (route: Parameters<ReturnType<typeof buildParts>>[0]) => {
            const apart = typeof route === "object" ? takeApart(route.schema) : undefined;
            if (apart && typeof route === "object") {
              items.add(apart.item);
              compile({ ...route, schema: apart.item });
            }
            return compile(route);
          };
        },
        buildSerializer: (schemas, options) => buildAnswers(schemas, { ...options, ...inlined }),
      },
    },
    source() {
      const names = new Map<string, string>();
      const nameOf = (code: string) => {
        const name = names.get(code) ?? `compiled${names.size}`;
        names.set(code, name);
        return name;
      };
      const record = (compiled: ReadonlyMap<string, string>) =>
        `{${[...compiled].map(([name, code]) => `${JSON.stringify(name)}: ${nameOf(code)}`).join(",\n")}}`;
      const schemas = `{validators: ${record(validators)}, serializers: ${record(serializers)}}`;
      const functions = [...names].map(([code, name]) => `function ${name}(module) {${code}\n}`);
      return [...functions, `const schemas = ${schemas};`].join("\n");
    },
  };
}
