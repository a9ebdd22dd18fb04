import { homedir } from "node:os";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { SetupError } from "./setup-error.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

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
 * @throws {SetupError} there is no place for a cache
 */
export function readSettings(env) {
  return {
    root,
    cache: cacheFolder(env),
    env,
    installer: officialInstaller,
    verbose: env["GHCR_FLEET_VERBOSE"] === "1",
  };
}

/**
 * A relative folder counts from the checkout, so that it is the same one wherever a command is run.
 *
 * @param {NodeJS.ProcessEnv} env
 */
function cacheFolder(env) {
  const chosen = env["GHCR_FLEET_CACHE"];
  const folder = chosen ? resolve(root, chosen) : join(cachesFolder(env), "ghcr-fleet");
  if (!folder.includes(delimiter)) return folder;
  throw new SetupError(
    `The cache folder ${folder} has a "${delimiter}" in its name, and the engine in it could not be on PATH.\n` +
      `${chooseAnother}.`,
  );
}

/** @param {NodeJS.ProcessEnv} env */
function cachesFolder(env) {
  // A relative one is to be ignored: https://specifications.freedesktop.org/basedir-spec/latest/
  const caches = env["XDG_CACHE_HOME"] ?? "";
  return isAbsolute(caches) ? caches : join(homeFolder(), ".cache");
}

/** As Node finds it: HOME, else what the system knows of the user, who may be known to nobody. */
function homeFolder() {
  try {
    const home = homedir();
    if (isAbsolute(home)) return home;
  } catch {
    // told below
  }
  throw new SetupError(
    `There is no home folder to keep a cache in: HOME is not set to one, and the system knows none.\n${chooseAnother}.`,
  );
}

const chooseAnother = "Choose another with GHCR_FLEET_CACHE=<folder>, then run the command again";
