#!/usr/bin/env node
// Starts the command on a Node that runs TypeScript as it is.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { leastNode } from "../engine/steps/ensure-node.mjs";
import { runInForeground } from "../engine/steps/run-in-foreground.mjs";
import { isAtLeast } from "../engine/steps/version.mjs";

const main = new URL("../src/cli/main.ts", import.meta.url);
const packaged = fileURLToPath(new URL("../node_modules/.bin/node", import.meta.url));

if (isAtLeast(process.versions.node, leastNode)) {
  await import(main.href);
} else if (existsSync(packaged)) {
  runInForeground(packaged, [fileURLToPath(main), ...process.argv.slice(2)], process.env);
} else {
  process.stderr.write(
    `Node ${process.versions.node} cannot run TypeScript; ${leastNode} or newer can.\n` +
      "Run `npm run setup` in the checkout: it fetches one.\n",
  );
  process.exitCode = 1;
}
