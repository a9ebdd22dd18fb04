import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning } from "./is-running.ts";

/**
 * Who holds a lock. `id` is unique; `pid` is valid only on its own machine (or in its own container).
 */
export interface LockOwner {
  id: string;
  pid: number;
  host: string;
}

export interface LockOptions {
  /** Called once, with the owner that has to finish first. */
  onWait?: (owner: LockOwner) => void;
  pollMs?: number;
}

const heartbeatMs = 5_000;
/** An owner on another machine counts as dead without a heartbeat for this long. */
const silentAfterMs = 60_000;

/**
 * Runs `work` while this process alone holds the lock `file`. The lock of an owner that has died is
 * taken over: its process is gone, or its heartbeat has stopped.
 */
export async function withLock<Result>(
  file: string,
  work: () => Promise<Result>,
  { onWait, pollMs = 500 }: LockOptions = {},
): Promise<Result> {
  await mkdir(dirname(file), { recursive: true });
  const owner: LockOwner = { id: randomUUID(), pid: process.pid, host: hostname() };
  const own = `${file}.${owner.id}`;
  try {
    await writeFile(own, JSON.stringify(owner));
    let isWaiting = false;
    // A hard link appears with its content or not at all, and fails if the name is taken.
    while (!(await tryLink(own, file))) {
      const holder = await readHolder(file);
      if (holder === undefined) continue;
      if (isDead(holder)) {
        if (await discard(file, holder)) continue;
      } else if (!isWaiting) {
        onWait?.(holder.owner);
        isWaiting = true;
      }
      await sleep(pollMs);
    }
  } finally {
    await rm(own, { force: true });
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    // Fails for a lock that was taken over: it is no longer ours.
    utimes(file, now, now).catch(() => undefined);
  }, heartbeatMs).unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if ((await readHolder(file))?.owner.id === owner.id) await rm(file);
  }
}

/** @returns the living owner of the lock, if it has one */
export async function lockOwner(file: string): Promise<LockOwner | undefined> {
  const holder = await readHolder(file);
  return holder && !isDead(holder) ? holder.owner : undefined;
}

interface Holder {
  text: string;
  owner: LockOwner;
  touchedAt: number;
}

/** @returns undefined where nobody holds it */
async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, "utf8"), stat(file)]);
    return { text, owner: JSON.parse(text) as LockOwner, touchedAt: mtimeMs };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function isDead({ owner, touchedAt }: Holder): boolean {
  if (Date.now() - touchedAt > silentAfterMs) return true;
  return owner.host === hostname() && !isRunning(owner.pid);
}

/**
 * Removes a dead owner's lock. If several processes find it, only one at a time may remove it, after
 * reading it again: it may belong to another process by then.
 *
 * @returns false: another process is removing it
 */
async function discard(file: string, dead: Holder): Promise<boolean> {
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

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
