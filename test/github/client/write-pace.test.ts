import fc from "fast-check";
import { expect, test } from "vitest";
import { createWritePace, type WriteKind } from "../../../src/github/client/pace/write-pace.ts";

const minute = 60_000;
const hour = 60 * minute;

/** When each of the writes is sent, in milliseconds after the first request. */
function schedule(pace: "steady" | "burst", kinds: readonly WriteKind[]): number[] {
  const writes = createWritePace(pace);
  let now = 0;
  return kinds.map((kind) => {
    now += writes.waitFor(kind, now);
    writes.count(kind, now);
    return now;
  });
}

test("steady keeps a second between two writes", () => {
  expect(schedule("steady", ["write", "content", "write"])).toEqual([0, 1000, 2000]);
});

test("burst writes 80 at once, and the next when the first is a minute old", () => {
  const times = schedule("burst", Array<WriteKind>(81).fill("write"));
  expect(times.slice(0, 80).every((time) => time === 0)).toBe(true);
  expect(times[80]).toBe(minute);
});

test("the 501st commit waits until the first is an hour old", () => {
  const times = schedule("steady", Array<WriteKind>(501).fill("content"));
  expect(times[499]).toBe(499_000);
  expect(times[500]).toBe(hour);
});

test("no window of a minute or an hour ever holds more than GitHub allows", () => {
  const kinds = fc.array(fc.constantFrom<WriteKind>("write", "content"), { maxLength: 700 });
  fc.assert(
    fc.property(fc.constantFrom<"steady" | "burst">("steady", "burst"), kinds, (pace, writes) => {
      const times = schedule(pace, writes);
      const contents = times.filter((_, index) => writes[index] === "content");
      const most = (all: number[], within: number) =>
        Math.max(0, ...all.map((end) => all.filter((at) => at > end - within && at <= end).length));
      expect(most(times, minute)).toBeLessThanOrEqual(80);
      expect(most(contents, hour)).toBeLessThanOrEqual(500);
    }),
    { numRuns: 25 },
  );
});
