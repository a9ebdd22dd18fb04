// `npm start` and `npm test`: sets up what is missing, then runs a script with it.
// Usage: node engine/run.mjs <script.ts> [arguments of the script]
import { delimiter, dirname, join } from "node:path";
import { ensureDependencies } from "./steps/ensure-dependencies.mjs";
import { ensureEngine } from "./steps/ensure-engine.mjs";
import { ensureNode } from "./steps/ensure-node.mjs";
import { runInForeground } from "./steps/run-in-foreground.mjs";
import { runSetup } from "./steps/run-setup.mjs";

const ready = await runSetup(async (settings) => {
  await ensureDependencies(settings);
  const node = await ensureNode(settings);
  const engine = await ensureEngine(settings);
  const folders = [engine.bin, dirname(node.program), join(settings.root, "node_modules", ".bin")];
  const path = [...new Set([...folders, ...(settings.env["PATH"] ?? "").split(delimiter)])];
  return { node, env: { ...settings.env, ...engine.env, PATH: path.join(delimiter) } };
});
if (ready) runInForeground(ready.node.program, process.argv.slice(2), ready.env);
