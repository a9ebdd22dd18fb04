/** How GitHub counts a write: `content` is visible to people, such as commits and pull requests. */
export type WriteKind = "write" | "content";

export interface WritePace {
  /** How long the next write of this kind has to wait, in milliseconds. */
  waitFor(kind: WriteKind, now: number): number;
  /** Counts a write that is sent. */
  count(kind: WriteKind, now: number): void;
}

const minute = 60_000;
const hour = 60 * minute;

interface Limit {
  readonly most: number;
  readonly within: number;
}

/**
 * When writes may be sent within GitHub's limits: one second between two writes, or with `burst` 80 in any
 * minute; for content also 80 in any minute and 500 in any hour.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
 * @see https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#pause-between-mutative-requests
 */
export function createWritePace(pace: "steady" | "burst"): WritePace {
  const writes: number[] = [];
  const contents: number[] = [];
  const ofWrites = [pace === "steady" ? { most: 1, within: 1000 } : { most: 80, within: minute }];
  const ofContents = [
    { most: 80, within: minute },
    { most: 500, within: hour },
  ];
  const wait = (times: readonly number[], limits: readonly Limit[], now: number) =>
    Math.max(0, ...limits.map(({ most, within }) => (times.at(-most) ?? -Infinity) + within - now));
  return {
    waitFor: (kind, now) =>
      Math.max(
        wait(writes, ofWrites, now),
        kind === "content" ? wait(contents, ofContents, now) : 0,
      ),
    count(kind, now) {
      keepLast(writes, now, 80);
      if (kind === "content") keepLast(contents, now, 500);
    },
  };
}

function keepLast(times: number[], now: number, most: number): void {
  times.push(now);
  if (times.length > most) times.shift();
}
