import { createHash } from "node:crypto";
import { readFile, realpath, stat, writeFile } from "node:fs/promises";
import { delimiter, dirname, join, sep } from "node:path";
import { readEngineSources } from "./engine-sources.mjs";
import { exists } from "./exists.mjs";
import { findProgram } from "./find-program.mjs";
import { makeFolder } from "./make-folder.mjs";
import { runProcess } from "./run-process.mjs";
import { isAtLeast, parseVersion } from "./version.mjs";

/**
 * A Pulumi engine that is ready to run.
 *
 * @typedef {object} Engine
 * @property {"path" | "installer" | "built"} kind where it came from
 * @property {string} bin the folder that holds `pulumi`
 * @property {string} version such as `3.259.0`
 * @property {{ PATH: string, PULUMI_HOME?: string }} env what a process needs to run it; a built
 *   engine has a home of its own, where its providers are installed
 */

/**
 * @typedef {object} Located
 * @property {Engine} [engine]
 * @property {{ bin: string, version: string }} [tooOld] a `pulumi` on PATH that was passed over
 * @property {import("./engine-sources.mjs").EngineSources} sources
 */

/** @typedef {Pick<import("./settings.mjs").Settings, "root" | "cache" | "env">} Surroundings */

/**
 * Finds an engine without setting one up: `pulumi` on PATH if it is at least the version that this
 * project is tested with, else the one that the official installer left in the cache, else the one
 * built from these sources.
 *
 * @param {Surroundings} surroundings
 * @returns {Promise<Located>}
 */
export async function locateEngine({ root, cache, env }) {
  const sources = await readEngineSources(root);
  const onPath = await findProgram("pulumi", env["PATH"], (folder) => !isInside(folder, cache));
  const found = onPath && { bin: dirname(onPath), version: await readVersion(onPath, cache, env) };
  if (found && isAtLeast(found.version, sources.version)) {
    return { engine: describeEngine("path", found.bin, found.version, env), sources };
  }
  const rest = found ? { tooOld: found, sources } : { sources };

  const installed = installedFolder(cache, sources);
  if (await exists(join(installed, "bin", "pulumi"))) {
    const bin = join(installed, "bin");
    return { engine: describeEngine("installer", bin, sources.version, env), ...rest };
  }
  const built = builtFolder(cache, sources);
  if (await exists(built)) {
    const engine = describeEngine("built", join(built, "bin"), sources.version, env);
    engine.env.PULUMI_HOME = join(built, "home");
    return { engine, ...rest };
  }
  return rest;
}

/** @param {string} cache @param {{ version: string }} sources */
export function installedFolder(cache, { version }) {
  return join(cache, "engine", `pulumi-v${version}`);
}

/** @param {string} cache @param {{ hash: string }} sources */
export function builtFolder(cache, { hash }) {
  return join(cache, "engine", hash);
}

/**
 * @param {Engine["kind"]} kind
 * @param {string} bin
 * @param {string} version
 * @param {NodeJS.ProcessEnv} env
 * @returns {Engine}
 */
function describeEngine(kind, bin, version, env) {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== bin);
  return { kind, bin, version, env: { PATH: [bin, ...folders].join(delimiter) } };
}

/**
 * Asks `pulumi` for its version. Its start takes a fifth of a second, so the answer is kept for as
 * long as the file stays the same.
 *
 * @param {string} program
 * @param {string} cache
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string>} empty when it does not say
 */
async function readVersion(program, cache, env) {
  const file = await realpath(program);
  const { size, mtimeMs } = await stat(file);
  const key = createHash("sha256").update(`${file}\0${size}\0${mtimeMs}`).digest("hex");
  const kept = join(cache, "engine", "versions", key.slice(0, 16));
  if (await exists(kept)) return readFile(kept, "utf8");

  const asked = await runProcess(program, ["version"], {
    env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    timeoutMs: 20_000,
  }).catch(() => undefined); // another platform's program, say
  const version = parseVersion(asked?.stdout ?? "")?.join(".");
  if (version === undefined) return "";
  // Where the cache takes no files, it is asked again next time.
  await makeFolder(dirname(kept))
    .then(() => writeFile(kept, version))
    .catch(() => undefined);
  return version;
}

/** @param {string} folder @param {string} base */
function isInside(folder, base) {
  return folder.startsWith(base + sep);
}
