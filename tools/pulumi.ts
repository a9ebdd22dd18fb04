// `npm run pulumi -- <arguments>`: the engine that the set-up found, with the right Node.
import { engineEnvironment } from "./engine.ts";
import { runInForeground } from "./node.mjs";
import { whyLeaking } from "./why-leaking.ts";

const args = process.argv.slice(2);
const leak = whyLeaking(args, process.env);
if (leak === undefined) {
  runInForeground("pulumi", args, { ...process.env, ...(await engineEnvironment()) });
} else {
  process.stderr.write(`${leak}\n`);
  process.exitCode = 2;
}
