import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("the entries of the checkout are its sources", () => {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const { exports, bin } = JSON.parse(text);
  expect(
    { exports, bin },
    "npm pack was interrupted: run node pack.mjs restore in packages/github-simulator",
  ).toEqual({
    exports: { ".": "./src/index.ts", "./testing": "./src/testing.ts" },
    bin: { "github-simulator": "./src/command/bin.ts" },
  });
});
