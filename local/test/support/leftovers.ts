/*
 * Loaded ahead of every test: ends a run whose tests have left something running, says what kind of thing, and fails it.
 * Without this the run would go on for ever, with all tests passed.
 */

const graceMs = 20_000;

export function mochaGlobalTeardown(): void {
  const endIfStillRunning = () => {
    console.error(
      `${graceMs / 1000} s after the last test something that a test started still runs: ${kindsOfLeftovers()}. ` +
        "Close it in the test's `after`, also when the test fails.",
    );
    // Mocha's own listener, which was there before, sets the code of the tests.
    process.once("exit", () => {
      process.exitCode = 1;
    });
    process.exit();
  };
  // By itself it keeps nothing alive.
  setTimeout(endIfStillRunning, graceMs).unref();
}

/** Such as `ProcessWrap, 2 TCPSocketWrap`; the standard streams are no leftovers, yet may be among them. */
function kindsOfLeftovers(): string {
  const kinds = Map.groupBy(process.getActiveResourcesInfo(), (kind) => kind);
  return [...kinds].map(([kind, all]) => (all.length === 1 ? kind : `${all.length} ${kind}`)).join(", ");
}
