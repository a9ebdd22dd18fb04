import { expect, test } from "vitest";
import {
  recordOriginals,
  restoreOriginals,
  type MadeEdit,
} from "../../src/publishing/originals.ts";

const token = "          password: ${{ secrets.GITHUB_TOKEN }}";
const pat = "          password: ${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}";
const file = ".github/workflows/docker.yml";
const login = (line: number): MadeEdit => ({ file, line, before: token, after: pat });
const permission = { file, line: 2, before: "", after: "  packages: write" };

const text = (...lines: string[]) => `${lines.join("\n")}\n`;

test("what is restored is what was there before, whatever people changed besides", () => {
  const repaired = text(
    "# a person's",
    "permissions:",
    "  contents: read",
    "  packages: write",
    pat,
  );
  expect(restoreOriginals(repaired, [login(3), permission])).toBe(
    text("# a person's", "permissions:", "  contents: read", token),
  );
});

test("a place that somebody changed since is left as it is", () => {
  const changed = text("permissions:", pat.replace("GHCR_PAT", "OTHER"));
  expect(restoreOriginals(changed, [login(2)])).toBe(changed);
});

test("of places that are alike, the nearest one gets its line back", () => {
  const repaired = text(pat, "", "", pat, "", pat);
  expect(restoreOriginals(repaired, [login(6)])).toBe(text(pat, "", "", pat, "", token));
  expect(restoreOriginals(repaired, [login(1), login(6)])).toBe(
    text(token, "", "", pat, "", token),
  );
});

test("line ends, a mark at the start and a missing line break at the end stay", () => {
  const crlf = `\uFEFF${pat}\r\npermissions:\r\n  packages: write`;
  expect(restoreOriginals(crlf, [login(1), permission])).toBe(`\uFEFF${token}\r\npermissions:`);
});

test("two logins that are alike are remembered as two, and one that was turned back once", () => {
  const first = recordOriginals([], [login(1), login(3)], { [file]: text(token, "", token) });
  expect(first).toEqual([login(1), login(3)]);
  const turnedBack = { [file]: text(pat, "", "", token) };
  expect(recordOriginals(first, [login(4)], turnedBack)).toEqual([login(1), login(4)]);
  const otherwise = { ...login(4), before: "          password: ${{ github.token }}" };
  expect(recordOriginals(first, [otherwise], turnedBack)).toEqual([login(1), otherwise]);
});

test("a secret of another name leaves the first original", () => {
  const other = pat.replace("GHCR_PAT", "OTHER");
  const renamed = { file, line: 1, before: pat, after: other };
  expect(recordOriginals([login(1)], [renamed], { [file]: text(pat) })).toEqual([
    { file, line: 1, before: token, after: other },
  ]);
});

test("what was recorded of a file that is gone is dropped", () => {
  expect(recordOriginals([login(1)], [], {})).toEqual([]);
});
