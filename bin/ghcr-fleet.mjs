#!/usr/bin/env node
// Starts the command on a Node that runs TypeScript as it is.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { leastNode } from "../engine/steps/ensure-node.mjs";
import { runInForeground } from "../engine/steps/run-in-foreground.mjs";
import { isAtLeast } from "../engine/steps/version.mjs";

const main = new URL("../src/cli/main.ts", import.meta.url);
const packages = new URL("../node_modules/", import.meta.url);
const packaged = fileURLToPath(new URL(".bin/node", packages));

if (!existsSync(packages)) {
  process.stderr.write("The npm packages are missing. Run `npm run setup` in the checkout.\n");
  process.exitCode = 1;
} else if (isAtLeast(process.versions.node, leastNode)) {
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
