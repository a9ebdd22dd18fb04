import { setTimeout as sleep } from "node:timers/promises";

/**
 * GitHub's answers may be some seconds behind a write: reads until the answer shows it, for about eight
 * seconds.
 *
 * @param read returns `undefined` if it is not visible yet
 */
export async function untilVisible<T>(read: () => Promise<T | undefined>): Promise<T | undefined> {
  for (let attempt = 0; attempt < 6; attempt += 1) {
    const found = await read();
    if (found !== undefined) return found;
    await sleep(250 * 2 ** attempt);
  }
  return undefined;
}
