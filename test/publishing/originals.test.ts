import { expect, test } from "vitest";
import {
  recordOriginals,
  restoreOriginals,
  type MadeEdit,
} from "../../src/publishing/originals.ts";
import { repairWorkflows } from "../../src/publishing/repair-workflows.ts";

const token = "          password: ${{ secrets.GITHUB_TOKEN }}";
const pat = "          password: ${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}";
const file = ".github/workflows/docker.yml";
const login = (line: number): MadeEdit => ({ file, line, before: token, after: pat });
const permission = { file, line: 2, before: "", after: "  packages: write" };

const text = (...lines: string[]) => `${lines.join("\n")}\n`;

test("the original lines are restored, whatever else people changed", () => {
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

test("a place that somebody changed since is not changed", () => {
  const changed = text("permissions:", pat.replace("GHCR_PAT", "OTHER"));
  expect(restoreOriginals(changed, [login(2)])).toBe(changed);
});

test("among equal places, the nearest one gets its line back", () => {
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

test("two equal logins are remembered as two, and a reverted one once", () => {
  const first = recordOriginals([], [login(1), login(3)], { [file]: text(token, "", token) });
  expect(first).toEqual([login(1), login(3)]);
  const turnedBack = { [file]: text(pat, "", "", token) };
  expect(recordOriginals(first, [login(4)], turnedBack)).toEqual([login(1), login(4)]);
  const otherwise = { ...login(4), before: "          password: ${{ github.token }}" };
  expect(recordOriginals(first, [otherwise], turnedBack)).toEqual([login(1), otherwise]);
});

test("a secret with another name keeps the first original", () => {
  const other = pat.replace("GHCR_PAT", "OTHER");
  const renamed = { file, line: 1, before: pat, after: other };
  expect(recordOriginals([login(1)], [renamed], { [file]: text(pat) })).toEqual([
    { file, line: 1, before: token, after: other },
  ]);
});

test("what was recorded of a file that is gone is dropped", () => {
  expect(recordOriginals([login(1)], [], {})).toEqual([]);
});

/** Repairs a text, and returns it with the recorded originals. */
function repair(before: string) {
  const [repaired] = repairWorkflows({ [file]: before }, { repository: "acme/api" });
  const edits: MadeEdit[] = repaired!.edits.map((each) => ({ file, ...each }));
  return { text: repaired!.text, originals: recordOriginals([], edits, { [file]: before }) };
}

test("equal lines of another job stay when the repaired job is gone", () => {
  const job = (id: string) =>
    text(
      `  ${id}:`,
      "    runs-on: ubuntu-latest",
      "    permissions:",
      "      contents: read",
      "    steps:",
      "      - uses: docker/login-action@v3",
      "        with:",
      "          registry: ghcr.io",
      token,
      "      - run: docker push ghcr.io/acme/api",
    );
  const head = text("on: push", "jobs:");
  const before = head + job("image");
  const { text: repaired, originals } = repair(before);
  expect(originals.map(({ job: id }) => id)).toEqual(["image", "image"]);
  expect(restoreOriginals(repaired, originals)).toBe(before);
  const chart = repaired.replace("  image:", "  chart:");
  expect(restoreOriginals(chart, originals)).toBe(chart);
  const both = chart + repaired.slice(head.length);
  expect(restoreOriginals(both, originals)).toBe(chart + job("image"));
});

test("two edits on one line are one, and are restored", () => {
  const print = (name: string) => `echo "\${{ secrets.GITHUB_TOKEN }}" | ${name} --password-stdin`;
  const before = text(
    "on: push",
    "permissions: { contents: read, packages: write }",
    "jobs:",
    "  image:",
    "    runs-on: ubuntu-latest",
    "    steps:",
    `      - run: ${print("docker login ghcr.io -u x")} && ${print("helm registry login ghcr.io -u x")} && docker push ghcr.io/acme/a && helm push a.tgz oci://ghcr.io/acme/charts`,
  );
  const { text: repaired, originals } = repair(before);
  expect(originals).toHaveLength(1);
  expect(repaired.match(/GHCR_PAT/g)).toHaveLength(2);
  expect(restoreOriginals(repaired, originals)).toBe(before);
});
