import { engineEnvironment } from "../../../tools/engine.ts";
import { ensureEngine } from "../../../tools/ensure-engine.ts";
import { runInForeground } from "../../../tools/node.mjs";
import { whyLeaking } from "../../../tools/why-leaking.ts";
import { UsageError } from "../../user-error.ts";
import { assertFits, prepareState } from "./before-engine.ts";

/**
 * `ghcr-fleet pulumi`: runs the engine in place of this process, with this Node.
 *
 * @throws {UsageError} the engine would write tokens in clear, or could not start the program
 * @throws {UserError} there is no engine, and none could be set up; or the state is not intact
 */
export async function runPulumi(args: readonly string[]): Promise<void> {
  const leak = whyLeaking(args, process.env);
  if (leak !== undefined) throw new UsageError(leak);
  await assertFits(args);
  await ensureEngine();
  const environment = { ...process.env, ...(await engineEnvironment()) };
  await prepareState(args, environment);
  runInForeground("pulumi", [...args], environment);
}
