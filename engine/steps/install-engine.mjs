import { mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exists } from "./exists.mjs";
import { installedFolder } from "./locate-engine.mjs";
import { runProcess } from "./run-process.mjs";
import { withLock } from "./with-lock.mjs";

const answerWithinMs = 4_000;
/** For a download of about 150 MB. */
const finishWithinMs = 300_000;
/** Folders of installations that have not finished start with this. */
const unfinished = "installing-";

/** @typedef {import("./settings.mjs").Settings} Settings */

/**
 * Installs the engine into the cache with Pulumi's official installer
 * (https://www.pulumi.com/docs/iac/download-install/), as a whole or not at all. A machine that
 * cannot reach it knows so within seconds. One installation runs at a time; the others wait and use
 * what it made.
 *
 * @param {Settings} settings
 * @param {{ version: string }} sources
 * @returns {Promise<string | undefined>} why it could not, as a sentence; undefined when it did
 */
export async function installEngine(settings, sources) {
  const { cache, progress, signal } = settings;
  const engines = join(cache, "engine");
  return withLock(
    join(engines, "install.lock"),
    async () => {
      if (await exists(installedFolder(cache, sources))) return undefined;
      // Under the lock, such a folder belongs to an installation that was killed.
      for (const name of await readdir(engines)) {
        if (name.startsWith(unfinished)) await rm(join(engines, name), { recursive: true });
      }
      return install(settings, sources, engines);
    },
    {
      ...(signal && { signal }),
      onWait: ({ pid }) => progress.note(`Another process (${pid}) is installing it: waiting.`),
    },
  );
}

/**
 * @param {Settings} settings
 * @param {{ version: string }} sources
 * @param {string} engines the folder for engines
 */
async function install(settings, sources, engines) {
  const { cache, env, installer, progress, signal, verbose } = settings;
  const task = progress.start(`Pulumi engine v${sources.version} from ${new URL(installer).host}`);
  const folder = await mkdtemp(join(engines, unfinished));
  try {
    const script = join(folder, "install.sh");
    await writeFile(script, await download(installer, signal));
    const options = ["--no-edit-path", "--install-root", folder, "--version", sources.version];
    const { code, lines } = await runProcess("sh", [script, ...options], {
      env,
      timeoutMs: finishWithinMs,
      ...(signal && { signal }),
      ...(verbose && { onLine: progress.note }),
    });
    if (code !== 0) throw new Error(lines.at(-1) ?? `it ended with ${code}`);
    await rm(script);
    await rename(folder, installedFolder(cache, sources));
    task.done(`Pulumi engine v${sources.version} installed`);
    return undefined;
  } catch (error) {
    signal?.throwIfAborted();
    const reason = `Pulumi's installer could not be used: ${causeOf(error)}.`;
    task.leave(reason.slice(0, -1));
    return reason;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} address
 * @param {AbortSignal} [signal]
 */
async function download(address, signal) {
  const timeout = AbortSignal.timeout(answerWithinMs);
  const response = await fetch(address, {
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  });
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  return response.text();
}

/** `fetch` says "fetch failed" and keeps the reason in `cause`. */
/** @param {unknown} error */
function causeOf(error) {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
