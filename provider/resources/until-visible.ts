import { setTimeout as sleep } from "node:timers/promises";

/**
 * GitHub's answers may lag some seconds behind a write: asks until the answer shows it, for about
 * eight seconds.
 *
 * @param read answers `undefined` where it does not show yet
 */
export async function untilVisible<T>(read: () => Promise<T | undefined>): Promise<T | undefined> {
  for (let attempt = 0; attempt < 6; attempt += 1) {
    const found = await read();
    if (found !== undefined) return found;
    await sleep(250 * 2 ** attempt);
  }
  return undefined;
}
