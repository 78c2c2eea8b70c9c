/**
 * Runs `work` and resolves to all that went wrong, what nobody awaited included. Pulumi leaves the promises of outputs
 * to the process: in its own runner an unhandled one ends the program, and here it must neither be lost nor end the
 * local cloud or the test run.
 */
export async function failuresOf(work: () => Promise<void>): Promise<Error[]> {
  const failures = new Set<Error>();
  const keep = (reason: unknown) => {
    failures.add(reason instanceof Error ? reason : new Error(String(reason)));
  };
  const suspended = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", keep);
  try {
    await work().catch(keep);
    // Node tells of an unhandled rejection only after the microtasks are done.
    await new Promise((resolve) => setImmediate(resolve));
    return [...failures];
  } finally {
    process.off("unhandledRejection", keep);
    for (const listener of suspended) process.on("unhandledRejection", listener);
  }
}
