import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundlePlugins } from "./bundle-plugins.ts";
import { keepNoLogs } from "./keep-no-logs.ts";
import { locateEngine } from "./steps/locate-engine.mjs";
import { makeFolder } from "./steps/make-folder.mjs";
import { readSettings } from "./steps/settings.mjs";
import { SetupError } from "./steps/setup-error.mjs";

/** The variables with which a process runs `pulumi` and everything that it starts. */
export interface EngineEnvironment {
  PATH: string;
  /** Set for an engine that was built here: the home that holds its providers. */
  PULUMI_HOME?: string;
  PULUMI_SKIP_UPDATE_CHECK: "true";
  /**
   * Where Node keeps compiled code, so that program, provider and pack start faster next time; absent
   * where the cache takes no files.
   */
  NODE_COMPILE_CACHE?: string;
  /** Under which name the plugins find themselves in one file; empty where there is none. */
  GHCR_FLEET_BUNDLES: string;
  /** What the caller has, and the preload that leaves out what the SDK loads in vain. */
  NODE_OPTIONS: string;
}

const leanSdk = fileURLToPath(new URL("lean-sdk.cjs", import.meta.url));

/**
 * Finds the engine that the set-up left, and sets up nothing itself.
 *
 * @param env where to look, and whose PATH is extended
 * @throws {SetupError} with the command that sets an engine up, when there is none
 */
export async function engineEnvironment(
  env: NodeJS.ProcessEnv = process.env,
): Promise<EngineEnvironment> {
  const { root, cache } = readSettings(env);
  const { engine } = await locateEngine({ root, cache, env });
  if (engine === undefined) {
    throw new SetupError(
      "There is no Pulumi engine yet. Run `npm run setup` in the checkout first.",
    );
  }
  if (engine.env.PULUMI_HOME !== undefined) await keepNoLogs(engine.env.PULUMI_HOME);
  const compiled = env["NODE_COMPILE_CACHE"] ?? (await ownCompileCache(cache));
  return {
    ...engine.env,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    GHCR_FLEET_BUNDLES: (await bundlePlugins(root)) ?? "",
    NODE_OPTIONS: withPreload(env["NODE_OPTIONS"] ?? ""),
    ...(compiled !== undefined && { NODE_COMPILE_CACHE: compiled }),
  };
}

/** Quotes and backslashes are those of JSON. https://nodejs.org/api/cli.html#node_optionsoptions */
function withPreload(options: string): string {
  const preload = `--require ${JSON.stringify(leanSdk)}`;
  return options.includes(preload) ? options : `${options} ${preload}`.trimStart();
}

/** Node would make the folder itself, and never return where it cannot be made. */
async function ownCompileCache(cache: string): Promise<string | undefined> {
  const folder = join(cache, "compiled");
  return makeFolder(folder).then(
    () => folder,
    () => undefined,
  );
}
