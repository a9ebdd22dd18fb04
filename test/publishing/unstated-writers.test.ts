import { expect, test } from "vitest";
import { unstatedWriters } from "../../src/publishing/unstated-writers.ts";

const job = (step: string, more = "") =>
  `on: push\n${more}jobs:\n  a:\n    runs-on: x\n    steps:\n      - ${step}\n`;

test("names workflows that write with the token, and say nothing of its permissions", () => {
  const files = {
    "release.yml": job("run: gh release create v1"),
    "docs.yml": job("uses: peaceiris/actions-gh-pages@v4"),
    "stated.yml": job("run: git push", "permissions: { contents: write }\n"),
    "test.yml": job("run: make test"),
  };
  expect(unstatedWriters(files)).toEqual(["docs.yml", "release.yml"]);
});
