import { join } from "node:path";
import { locateEngine } from "./steps/locate-engine.mjs";
import { readSettings } from "./steps/settings.mjs";

/** The variables with which a process runs `pulumi` and everything that it starts. */
export interface EngineEnvironment {
  PATH: string;
  /** Set for an engine that was built here: the home that holds its providers. */
  PULUMI_HOME?: string;
  PULUMI_SKIP_UPDATE_CHECK: "true";
  /** Where Node keeps compiled code, so that program, provider and pack start faster next time. */
  NODE_COMPILE_CACHE: string;
}

/**
 * Finds the engine that the set-up left, and sets up nothing itself.
 *
 * @param env where to look, and whose PATH is extended
 * @throws Error with the command that sets an engine up, when there is none
 */
export async function engineEnvironment(
  env: NodeJS.ProcessEnv = process.env,
): Promise<EngineEnvironment> {
  const { root, cache } = readSettings(env);
  const { engine } = await locateEngine({ root, cache, env });
  if (engine === undefined) {
    throw new Error("There is no Pulumi engine yet; run `npm run setup` first.");
  }
  return {
    ...engine.env,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    NODE_COMPILE_CACHE: env["NODE_COMPILE_CACHE"] ?? join(cache, "compiled"),
  };
}
