/** The inner functions of dynalite 4.0.0, which the engine drives without its HTTP server. */

declare module "dynalite/db/index.js" {
  const db: import("./dynalite-types.ts").DynaliteDb;
  export default db;
}

declare module "dynalite/validations/index.js" {
  const validations: import("./dynalite-types.ts").DynaliteValidations;
  export default validations;
}

declare module "dynalite/validations/*.js" {
  const validation: import("./dynalite-types.ts").DynaliteValidation;
  export default validation;
}

declare module "dynalite/actions/*.js" {
  const action: import("./dynalite-types.ts").DynaliteAction;
  export default action;
}
