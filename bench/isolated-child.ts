import type { Operations } from "./isolated.ts";

/* The process of one subject: gets ready, says so, and from then on answers what a round of measuring finds. */

const roundMicroseconds = 150_000;

const [module = "", name = "", ...parameters] = process.argv.slice(2);
const { operations }: { operations: Operations } = await import(module);
const prepare = operations[name];
if (!prepare) throw new Error(`${module} has no operation ${name}`);
const operation = await prepare(...parameters);

let times = 1;
process.on("message", async () => {
  for (;;) {
    const start = process.cpuUsage();
    await operation(times);
    const { user, system } = process.cpuUsage(start);
    const spent = user + system;
    const measured = spent / times;
    times = Math.ceil(times * Math.min(10, roundMicroseconds / Math.max(spent, 1)));
    if (spent >= roundMicroseconds / 2) return process.send?.(measured);
  }
});
process.on("disconnect", () => process.exit());
process.send?.(0);
