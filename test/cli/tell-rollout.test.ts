import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { tellJson, tellLines } from "../../src/cli/rollout/tell-rollout.ts";
import { eventVersion, type RolloutEvent } from "../../src/operations/rollout/rollout-event.ts";

const event: RolloutEvent = {
  stack: "acme",
  type: "warning",
  message: "a sentence that is longer than the forty columns of a narrow terminal",
};

/** What is written to a terminal of so many columns, or to a pipe. */
function written(columns: number | undefined, tell = tellLines): string {
  let text = "";
  const write = (more: string) => (text += more);
  tell({ write, isTTY: columns !== undefined, columns } as unknown as NodeJS.WriteStream)(event);
  return stripVTControlCharacters(text);
}

test("on a terminal lines break between words", () => {
  expect(written(40)).toBe(
    "acme: warning: a sentence that is longer\n  than the forty columns of a narrow\n  terminal\n",
  );
});

test("in a pipe a line stays one", () => {
  expect(written(undefined)).toBe(
    "acme: warning: a sentence that is longer than the forty columns of a narrow terminal\n",
  );
});

test("machines get an event a line, with its version", () => {
  expect(JSON.parse(written(40, tellJson))).toEqual({ version: eventVersion, ...event });
});
