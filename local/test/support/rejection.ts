import { expect } from "chai";

/** What a promise rejects with; fails the test when it resolves, or rejects with another class than asked for. */
export async function rejection<E extends Error = Error>(
  promise: Promise<unknown>,
  expected?: abstract new (...parameters: never[]) => E,
): Promise<E> {
  const error = await promise.then(
    () => expect.fail("nothing was refused"),
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(expected ?? Error);
  return error as E;
}
