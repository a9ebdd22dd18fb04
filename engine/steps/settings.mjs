import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * What every step needs to know about its surroundings.
 *
 * @typedef {object} Settings
 * @property {string} root the checkout
 * @property {string} cache folder outside the checkout, kept between runs and shared by checkouts
 * @property {NodeJS.ProcessEnv} env
 * @property {string} installer address that the official installer is fetched from
 * @property {import("./progress.mjs").Progress} progress
 * @property {boolean} verbose show what npm, go and the installer print
 * @property {AbortSignal} [signal] ends a step early
 */

/** https://www.pulumi.com/docs/iac/download-install/ */
const officialInstaller = "https://get.pulumi.com/install.sh";

/**
 * Settings from the environment: `GHCR_FLEET_CACHE` moves the cache, `GHCR_FLEET_VERBOSE=1` shows
 * what the tools print.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {Omit<Settings, "progress">}
 */
export function readSettings(env) {
  const caches = env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return {
    root: fileURLToPath(new URL("../..", import.meta.url)),
    cache: resolve(env["GHCR_FLEET_CACHE"] || join(caches, "ghcr-fleet")),
    env,
    installer: officialInstaller,
    verbose: env["GHCR_FLEET_VERBOSE"] === "1",
  };
}
