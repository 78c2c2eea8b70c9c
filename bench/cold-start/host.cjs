// Stands for Lambda's runtime, and does as little as one can: loads a function, has it answer one event, and says what that cost.
const { readFileSync, writeSync } = require("node:fs");
const { pathToFileURL } = require("node:url");

const [path, eventPath] = process.argv.slice(2);

async function main() {
  // As Lambda's runtime does: a `.cjs` is required, and ES modules are imported.
  const { handler } = path.endsWith(".cjs") ? require(path) : await import(pathToFileURL(path).href);
  const answer = await handler(JSON.parse(readFileSync(eventPath, "utf8")), { awsRequestId: "cold-start" });
  const { user, system } = process.cpuUsage();
  writeSync(3, JSON.stringify({ microseconds: user + system, answer }));
  process.exit();
}

main();
