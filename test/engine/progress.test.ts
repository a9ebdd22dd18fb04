import { expect, test, vi } from "vitest";
import { seconds } from "../../engine/steps/duration.mjs";
import { createProgress } from "../../engine/steps/progress.mjs";

function record(isTTY: boolean) {
  vi.useFakeTimers();
  let text = "";
  const progress = createProgress({ write: (part) => (text += part), isTTY, columns: 40 });
  const task = progress.start("building");
  task.update("3 of 9 packages");
  vi.advanceTimersByTime(31_000);
  task.done("built");
  vi.useRealTimers();
  return text;
}

test("in a log a step is one line at its start, one each half minute, one at its end", () => {
  expect(record(false)).toBe("· building\n· building, 3 of 9 packages, 30 s\n✓ built (31 s)\n");
});

test("on a terminal a step is one line, cut to the width and redrawn", () => {
  const lines = record(true).split("\r\u001B[2K");
  expect(lines[0]).toBe("· building");
  expect(lines[12]).toBe("· building, 3 of 9 packages, 12 s");
  expect(lines.at(-1)).toBe("✓ built (31 s)\n");
});

test.each([
  [0, "0.0 s"],
  [412, "0.4 s"],
  [9_949, "9.9 s"],
  [12_400, "12 s"],
  [59_700, "1 min 0 s"],
  [125_000, "2 min 5 s"],
])("%d ms reads %j", (milliseconds, expected) => {
  expect(seconds(milliseconds)).toBe(expected);
});
