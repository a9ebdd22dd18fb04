import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isRedrawn } from "../../../src/cli/terminal/is-redrawn.ts";
import { withProgress } from "../../../src/cli/terminal/with-progress.ts";

beforeEach(() => {
  vi.useFakeTimers();
  // The tests run in CI, too.
  vi.stubEnv("CI", "");
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** A terminal, and the lines that it showed one after the other. */
function createTerminal(columns: number, isTTY = true) {
  let text = "";
  const write = (more: string) => (text += more);
  const output = { write, isTTY, columns } as unknown as NodeJS.WriteStream;
  return { output, shown: () => text.split("\r\u001B[2K") };
}

test("a wait shows what it is for and the seconds, and leaves an empty line", async () => {
  const { output, shown } = createTerminal(80);
  const result = await withProgress(
    "acme: opening",
    async (show) => {
      await vi.advanceTimersByTimeAsync(2_000);
      show("acme: 1 of 2 repositories read");
      return 7;
    },
    output,
  );
  await vi.advanceTimersByTimeAsync(5_000);
  expect(result).toBe(7);
  expect(shown()).toEqual([
    "",
    "acme: opening",
    "acme: opening",
    "acme: opening, 2 s",
    "acme: 1 of 2 repositories read, 2 s",
    "",
  ]);
});

test("the line is gone when the work fails, and fits the terminal", async () => {
  const { output, shown } = createTerminal(8);
  const failing = () => Promise.reject(new Error("no network"));
  await expect(withProgress("acme: opening", failing, output)).rejects.toThrow("no network");
  expect(shown()).toEqual(["", "acme: o", ""]);
});

test.each([
  [{ isTTY: true }, {}, true],
  [{ isTTY: true }, { CI: "true" }, false],
  [{}, {}, false],
])("output %j with %j is redrawn: %j", (output, env, redrawn) => {
  expect(isRedrawn(output, env)).toBe(redrawn);
});

test("nothing is shown in a pipe", async () => {
  const { output, shown } = createTerminal(80, false);
  expect(await withProgress("acme: opening", () => Promise.resolve(7), output)).toBe(7);
  expect(shown()).toEqual([""]);
});
