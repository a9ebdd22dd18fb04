import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { printEventLines, printEventsAsJson } from "../../../src/cli/terminal/print-rollout.ts";
import { eventVersion, type RolloutEvent } from "../../../src/operations/waves/rollout-event.ts";

const event: RolloutEvent = {
  stack: "acme",
  type: "warning",
  message: "a sentence that is longer than the forty columns of a narrow terminal",
};

/** What is written to a terminal with this number of columns, or to a pipe. */
function written(columns: number | undefined, print = printEventLines): string {
  let text = "";
  const write = (more: string) => (text += more);
  print({ write, isTTY: columns !== undefined, columns } as unknown as NodeJS.WriteStream)(event);
  return stripVTControlCharacters(text);
}

test("on a terminal lines break between words", () => {
  expect(written(40)).toBe(
    "acme: warning: a sentence that is longer\n  than the forty columns of a narrow\n  terminal\n",
  );
});

test("in a pipe a line is not broken", () => {
  expect(written(undefined)).toBe(
    "acme: warning: a sentence that is longer than the forty columns of a narrow terminal\n",
  );
});

test("JSON output has one event per line, each with its version", () => {
  expect(JSON.parse(written(40, printEventsAsJson))).toEqual({ version: eventVersion, ...event });
});
