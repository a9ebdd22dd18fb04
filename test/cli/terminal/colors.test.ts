import { expect, test } from "vitest";
import { wantsColors } from "../../../src/cli/terminal/colors.ts";

const terminal = { isTTY: true };
const pipe = {};

test.each([
  [terminal, {}, true],
  [terminal, { CI: "true" }, true],
  [terminal, { NO_COLOR: "1" }, false],
  [terminal, { NO_COLOR: "" }, true],
  [terminal, { TERM: "dumb" }, false],
  [terminal, { FORCE_COLOR: "0" }, false],
  [pipe, {}, false],
  [pipe, { CI: "true" }, false],
  [pipe, { FORCE_COLOR: "1" }, true],
  [pipe, { FORCE_COLOR: "", NO_COLOR: "1" }, true],
])("on %j with %j: %j", (output, environment, wanted) => {
  expect(wantsColors(environment, output)).toBe(wanted);
});
