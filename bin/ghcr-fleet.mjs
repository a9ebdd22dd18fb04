#!/usr/bin/env node
// Starts the command on a Node that runs TypeScript directly.
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";
import { packagedNode, runInForeground } from "../tools/node.mjs";

// The npm package contains what was built from the sources.
const isCheckout = existsSync(new URL("../src/cli/main.ts", import.meta.url));
// One of the development packages is a Node that is new enough.
const install = `npm --prefix "${fileURLToPath(new URL("..", import.meta.url))}" ci`;

if (isCheckout && !existsSync(new URL("../node_modules/", import.meta.url))) {
  process.stderr.write(`The npm packages are missing. Run \`${install}\`.\n`);
  process.exitCode = 1;
} else if (process.features.typescript) {
  // Node stores the compiled code of the modules that a verb loads, which halves the start time.
  module.enableCompileCache();
  await import("../src/cli/main.ts");
} else if (isCheckout && existsSync(packagedNode)) {
  runInForeground(packagedNode, [fileURLToPath(import.meta.url), ...process.argv.slice(2)]);
} else {
  const nextStep = isCheckout ? `\`${install}\` fetches one` : "https://nodejs.org/en/download";
  process.stderr.write(
    `ghcr-fleet needs Node 22.18 or newer; this is ${process.version}: ${nextStep}\n`,
  );
  process.exitCode = 1;
}
