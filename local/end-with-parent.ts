/*
 * Loaded ahead of a program that knows nothing of the process that started it: ends it when that one is gone, however it
 * went, so that no orphan keeps a port and makes the next start fail.
 */

process.once("disconnect", () => process.exit());
// To wait for that must not keep the program from ending by itself.
process.channel?.unref();
