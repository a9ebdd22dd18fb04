import { expect, test } from "vitest";
import { isAtLeast, parseVersion } from "../../engine/steps/version.mjs";

test.each([
  ["v3.259.0", [3, 259, 0]],
  ["go version go1.26.8 linux/amd64", [1, 26, 8]],
  ["go version go1.27rc1 darwin/arm64", [1, 27, 0]],
  ["v3.270.0-alpha.xf0cf1d7", [3, 270, 0]],
  ["no version here", undefined],
])("the version in %j is %j", (text, version) => {
  expect(parseVersion(text)).toEqual(version);
});

test.each([
  ["3.259.0", "3.259.0", true],
  ["v3.260.0", "3.259.9", true],
  ["4.0.0", "3.259.0", true],
  ["3.258.9", "3.259.0", false],
  ["2.300.0", "3.259.0", false],
  ["22.18.0", "22.18", true],
  ["22.9.0", "22.18", false],
  ["", "22.18", false],
])("%j is at least %j: %j", (text, least, verdict) => {
  expect(isAtLeast(text, least)).toBe(verdict);
});
