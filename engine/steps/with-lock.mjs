import { randomUUID } from "node:crypto";
import { link, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "./code-of.mjs";
import { isRunning } from "./is-running.mjs";
import { makeFolder } from "./make-folder.mjs";

/**
 * Who holds a lock: `id` is unique, and `pid` means something on its own machine (or in its own
 * container) only.
 *
 * @typedef {{ id: string, pid: number, host: string }} Owner
 */

const heartbeatMs = 5_000;
/** An owner on another machine is judged by its heartbeat, with room for a slow disk. */
const silentAfterMs = 60_000;

/**
 * Runs `work` while this process alone holds the lock `file`. The lock of an owner that has died
 * is taken over: its process is gone, or its heartbeat has stopped.
 *
 * @template Result
 * @param {string} file
 * @param {() => Promise<Result>} work
 * @param {{ onWait?: (owner: Owner) => void, signal?: AbortSignal, pollMs?: number }} [options]
 *   `onWait` is called once, with the owner that has to finish first
 * @returns {Promise<Result>}
 */
export async function withLock(file, work, { onWait, signal, pollMs = 500 } = {}) {
  await makeFolder(dirname(file));
  /** @type {Owner} */
  const owner = { id: randomUUID(), pid: process.pid, host: hostname() };
  const own = `${file}.${owner.id}`;
  try {
    await writeFile(own, JSON.stringify(owner));
    let told = false;
    // A hard link appears with its content or not at all, and fails if the name is taken.
    while (!(await tryLink(own, file))) {
      const holder = await readHolder(file);
      if (holder === undefined) continue;
      if (isDead(holder)) {
        if (await discard(file, holder)) continue;
      } else if (!told) {
        onWait?.(holder.owner);
        told = true;
      }
      await sleep(pollMs, undefined, signal && { signal });
    }
  } finally {
    await rm(own, { force: true });
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined); // a lock taken over is no longer ours to touch
  }, heartbeatMs).unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if ((await readHolder(file))?.owner.id === owner.id) await rm(file);
  }
}

/** @typedef {{ text: string, owner: Owner, touchedAt: number }} Holder */

/** @param {string} file @returns {Promise<Holder | undefined>} undefined: nobody holds it */
async function readHolder(file) {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, "utf8"), stat(file)]);
    return { text, owner: JSON.parse(text), touchedAt: mtimeMs };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** @param {Holder} holder */
function isDead({ owner, touchedAt }) {
  if (Date.now() - touchedAt > silentAfterMs) return true;
  return owner.host === hostname() && !isRunning(owner.pid);
}

/**
 * Removes a dead owner's lock. Of several who find it, one at a time may do so, and looks once
 * more: the lock that is there by now may be that of a faster one.
 *
 * @param {string} file
 * @param {Holder} dead
 * @returns {Promise<boolean>} false: somebody else is at it
 */
async function discard(file, dead) {
  const guard = `${file}.takeover`;
  try {
    await writeFile(guard, "", { flag: "wx" });
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    // It exists for a moment only; an old one was left by a crash within that moment.
    const left = await stat(guard).catch(() => undefined);
    if (left && Date.now() - left.mtimeMs > silentAfterMs) await rm(guard, { force: true });
    return false;
  }
  try {
    if ((await readHolder(file))?.text === dead.text) await rm(file);
    return true;
  } finally {
    await rm(guard, { force: true });
  }
}

/** @param {string} from @param {string} to */
async function tryLink(from, to) {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}
