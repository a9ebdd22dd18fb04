import { expect, test } from "vitest";
import { lastDue } from "../../src/actions/language/cron.ts";

const due = (cron: string, after: string, until: string) => {
  const found = lastDue(cron, Date.parse(`${after}Z`), Date.parse(`${until}Z`));
  return found === undefined ? undefined : new Date(found).toISOString().slice(0, 16);
};

test.each([
  // 2031-05-06 is a Tuesday.
  ["30 3 * * *", "2031-05-06T03:30", "2031-05-07T03:29", undefined],
  ["30 3 * * *", "2031-05-06T03:29", "2031-05-06T03:30", "2031-05-06T03:30"],
  ["30 3 * * *", "2031-05-01T00:00", "2031-05-06T03:29", "2031-05-05T03:30"],
  ["*/15 * * * *", "2031-05-06T03:31", "2031-05-06T03:59", "2031-05-06T03:45"],
  ["5/20 8-10 * * *", "2031-05-06T00:00", "2031-05-06T23:00", "2031-05-06T10:45"],
  ["0 0 * * MON-WED", "2031-05-01T00:00", "2031-05-31T00:00", "2031-05-28T00:00"],
  ["0 0 29 2 *", "2031-01-01T00:00", "2032-12-31T00:00", "2032-02-29T00:00"],
  ["0 0 13 * 5", "2031-05-06T12:00", "2031-05-12T12:00", "2031-05-09T00:00"],
  ["0 0 13 * 5", "2031-05-09T12:00", "2031-05-14T12:00", "2031-05-13T00:00"],
  ["0 9 1,15 jan,jul *", "2031-01-01T10:00", "2031-12-01T00:00", "2031-07-15T09:00"],
  ["nonsense", "2031-01-01T10:00", "2031-12-01T00:00", undefined],
])("%s between %s and %s", (cron, after, until, expected) => {
  expect(due(cron, after, until)).toBe(expected);
});
