import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * What the engine is built from.
 *
 * @typedef {object} EngineSources
 * @property {string} version of the engine, such as `3.259.0`
 * @property {{ name: string, version: string }[]} providers
 * @property {string} hash 16 hex digits over platform and sources: equal hash, equal engine
 */

/**
 * Reads the versions where they are decided: the engine's in engine/cli/go.mod, each provider's in
 * its main.go.
 *
 * @param {string} root the checkout
 * @param {string} [platform] such as `linux-x64`
 * @returns {Promise<EngineSources>}
 */
export async function readEngineSources(root, platform = `${process.platform}-${process.arch}`) {
  const engine = join(root, "engine");
  const paths = [...(await listSources(engine, "cli")), ...(await listSources(engine, "plugins"))];
  const hash = createHash("sha256").update(platform);
  const providers = [];
  let version = "";
  for (const path of paths.sort()) {
    const text = await readFile(join(engine, path), "utf8");
    hash.update(`\0${path}\0${text}`);
    if (path === "cli/go.mod") {
      version = match(text, /github\.com\/pulumi\/pulumi\/pkg\/v3 v(\S+)/, path);
    }
    const provider = /^plugins\/cmd\/pulumi-resource-([a-z]+)\/main\.go$/.exec(path)?.[1];
    if (provider !== undefined) {
      providers.push({ name: provider, version: match(text, /const version = "(.+)"/, path) });
    }
  }
  return { version, providers, hash: hash.digest("hex").slice(0, 16) };
}

/**
 * @param {string} base
 * @param {string} folder below base
 * @returns {Promise<string[]>} paths below base, with forward slashes
 */
async function listSources(base, folder) {
  const found = [];
  for (const entry of await readdir(join(base, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await listSources(base, path)));
    else if (/(?<!_test)\.go$|\.mjs$|^go\.(mod|sum)$/.test(entry.name)) found.push(path);
  }
  return found;
}

/** @param {string} text @param {RegExp} pattern @param {string} path */
function match(text, pattern, path) {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`engine/${path} has no ${pattern}`);
  return found;
}
