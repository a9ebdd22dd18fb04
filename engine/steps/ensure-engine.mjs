import { assertWritable } from "./assert-writable.mjs";
import { buildEngine } from "./build-engine.mjs";
import { installEngine } from "./install-engine.mjs";
import { locateEngine } from "./locate-engine.mjs";
import { SetupError } from "./setup-error.mjs";

/** @typedef {import("./locate-engine.mjs").Engine} Engine */

/**
 * The third step: a Pulumi engine, found on PATH or in the cache, else installed with the official
 * installer, else built from Go modules.
 *
 * @param {import("./settings.mjs").Settings} settings
 * @returns {Promise<Engine>}
 * @throws {SetupError} without a writable cache; else one that lists every way that was tried and how to open it
 */
export async function ensureEngine(settings) {
  const { engine, tooOld, sources } = await locateEngine(settings);
  if (engine) return engine;

  await assertWritable(settings.cache);
  const onPath = tooOld
    ? `pulumi on PATH (${tooOld.bin}) is ${tooOld.version || "of unknown version"}; v${sources.version} or newer is needed.`
    : "pulumi is not on PATH.";
  settings.progress.note(`The Pulumi engine is missing: ${onPath}`);
  const notInstalled = await installEngine(settings, sources);
  if (notInstalled !== undefined) {
    await buildEngine(settings, sources).catch((error) => {
      if (!(error instanceof SetupError)) throw error;
      throw new SetupError(
        `There is no Pulumi engine v${sources.version}, and each way to get it failed:\n` +
          [onPath, notInstalled, error.message].map((way) => `- ${way}`).join("\n") +
          "\nMend one of them and run the command again. Getting pulumi by hand:\n" +
          "https://www.pulumi.com/docs/iac/download-install/",
      );
    });
  }
  const ready = (await locateEngine(settings)).engine;
  if (!ready) throw new Error(`no engine below ${settings.cache} after setting it up`);
  return ready;
}

/** @param {Engine} engine */
export function describeEngine({ kind, bin, version }) {
  const origin = {
    path: "found on PATH",
    installer: "installed by Pulumi's installer",
    built: "built from Go modules",
  }[kind];
  return `Pulumi engine v${version}, ${origin}: ${bin}`;
}
