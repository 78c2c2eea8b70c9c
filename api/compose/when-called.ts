/** Makes something at the first call and keeps it. What fails is tried again by the next call. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

type Methods<T> = { readonly [Name in keyof T]: (...args: never[]) => Promise<unknown> };

/** Stands for an adapter that is there at its first call; nobody can tell, for all its methods answer by promises. */
export function whenCalled<T extends Methods<T>>(adapter: () => Promise<T>): T {
  const call =
    (name: PropertyKey) =>
    async (...args: unknown[]) => {
      const made = await adapter();
      return Reflect.apply(Reflect.get(made, name), made, args);
    };
  return new Proxy({} as T, { get: (_target, name) => call(name) });
}
