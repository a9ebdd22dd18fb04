// `npm run pulumi -- <arguments>`: the engine that the set-up found or built, with the right Node.
import { spawn } from "node:child_process";
import { engineEnvironment } from "./engine-environment.ts";
import { whyLeaking } from "./why-leaking.ts";

const args = process.argv.slice(2);
const leak = whyLeaking(args, process.env);
if (leak === undefined) {
  const env = { ...process.env, ...(await engineEnvironment()) };
  const child = spawn("pulumi", args, { stdio: "inherit", env });
  // The terminal sends Ctrl-C to the engine, too: it ends the running writes, and then we end with it.
  process.on("SIGINT", () => {});
  child.once("error", (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
  child.once("close", (code) => (process.exitCode = code ?? 1));
} else {
  process.stderr.write(`${leak}\n`);
  process.exitCode = 2;
}
