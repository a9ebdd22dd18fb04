import { ensureEngine } from "../../tools/ensure-engine.ts";
import { scriptEnvironment } from "../../tools/engine.ts";

/** Finds or builds the Pulumi engine once, before the first test file that needs it. */
export async function setup(): Promise<void> {
  await ensureEngine();
  // Workers start later and inherit it.
  Object.assign(process.env, await scriptEnvironment());
}
