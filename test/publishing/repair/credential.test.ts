import { expect, test } from "vitest";
import { changes, login, repaired, wanted, workflow } from "../workflow-text.ts";

/** A workflow whose login has this password. */
function withPassword(password: string, top?: string[]): string {
  const steps = login.map((line) => line.replace("${{ secrets.GITHUB_TOKEN }}", () => password));
  return workflow({ steps, ...(top && { top }) });
}

test.each([
  "${{ secrets.GITHUB_TOKEN }}",
  "${{secrets.GITHUB_TOKEN}}",
  "${{ Secrets.github_token }}",
  "${{ secrets['GITHUB_TOKEN'] }}",
  "${{ github.token }}",
  "${{ secrets.GHCR_PAT }}",
  "${{ secrets.GITHUB_TOKEN || secrets.GHCR_PAT }}",
  "${{ (github.token) }}",
  "${{ secrets.GHCR_PAT && secrets.GITHUB_TOKEN }}",
  "'${{ secrets[''GITHUB_TOKEN''] }}'",
])("the password %s becomes the wanted one", (password) => {
  const before = withPassword(password);
  const { text, unresolved } = repaired(before);
  const quote = password.startsWith("'") ? "'" : "";
  expect(changes(before, text)).toEqual([
    `- password: ${password}`,
    `+ password: ${quote}${wanted}${quote}`,
  ]);
  expect(unresolved).toEqual([]);
});

test("a password that is one expression in several lines is replaced as a whole", () => {
  const indent = " ".repeat(12);
  const lines = ["${{", `  secrets.GITHUB_TOKEN`, "}}"].map((line) => `${indent}${line}`);
  const before = withPassword(`|\n${lines.join("\n")}`);
  expect(repaired(before)).toMatchObject({
    text: withPassword(`|\n${indent}${wanted}`),
    unresolved: [],
  });
});

test.each([
  wanted,
  "${{secrets.GHCR_PAT||secrets.GITHUB_TOKEN}}",
  "${{ secrets.GHCR_PAT || github.token }}",
  "${{ secrets.GHCR_PAT != '' && secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}",
])("the password %s is correct, and is not changed", (password) => {
  const before = withPassword(password);
  expect(repaired(before)).toMatchObject({ text: before, edits: [], unresolved: [] });
});

test.each([
  [
    "${{ github.event_name == 'push' && secrets.GITHUB_TOKEN || '' }}",
    "the password depends on a condition, or is put together from several texts",
    "${{ github.event_name == 'push' && (secrets.GHCR_PAT || secrets.GITHUB_TOKEN) || '' }}",
  ],
  [
    "${{ secrets[matrix.secret] }}",
    "the password depends on a condition, or is put together from several texts",
  ],
  ["${{ steps.app.outputs.token }}", "the password is only known in the run"],
  ["${{ fromJSON(needs.plan.outputs.login).password }}", "the password is only known in the run"],
  [
    "correct-horse",
    "the file itself contains a password, which everybody who can read the file can use",
  ],
])("the password %s is reported, and is not changed", (password, reason, fix = wanted) => {
  const before = withPassword(password);
  const { text, unresolved } = repaired(before);
  expect(text).toBe(before);
  expect(unresolved).toEqual([{ line: 13, reason, fix: `password: ${fix}` }]);
});

test("a password whose expression is written with escapes is reported", () => {
  const before = withPassword('"\\u0024{{ secrets.GITHUB_TOKEN }}"');
  const { text, unresolved } = repaired(before);
  expect(text).toBe(before);
  const reason = "the password is written in a way that cannot be changed in place";
  expect(unresolved).toEqual([{ line: 13, reason, fix: wanted }]);
});

test.each(["${{ secrets.CR_PAT }}", "${{ secrets.CR_PAT || secrets.GITHUB_TOKEN }}"])(
  "another secret, as in %s, is reported with the way to replace it",
  (password) => {
    const before = withPassword(password);
    const { text, unresolved } = repaired(before);
    expect(text).toBe(before);
    const fix = `password: ${wanted}\nor let GHCR_PAT take its place: --replace-secret CR_PAT (in the configuration of a fleet, workflows.replaceSecrets)`;
    expect(unresolved).toEqual([
      { line: 13, reason: "the password is another secret (CR_PAT)", fix },
    ]);
  },
);

test("another secret in a variable of the workflow is to be replaced in the login", () => {
  const steps = ["- run: echo $CR_PAT | docker login ghcr.io -u x --password-stdin"];
  const { unresolved } = repaired(
    workflow({ steps, job: ["env:", "  CR_PAT: ${{ secrets.CR_PAT }}"] }),
  );
  expect(unresolved.map(({ line, fix }) => [line, fix.split("\nor")[0]])).toEqual([
    [9, `in the login, line 11:\n${wanted}`],
  ]);
});

test.each([
  [
    "a loop",
    'for i in 1 2; do echo "${{ github.token }}" | docker login ghcr.io -u x --password-stdin && break; done',
  ],
  [
    "a condition",
    "if ! echo ${{ github.token }} | docker login ghcr.io -u x --password-stdin; then exit 1; fi",
  ],
  ["regctl's settings", "regctl registry set ghcr.io --user x --pass ${{ github.token }}"],
  ["a registry with its port", "docker login ghcr.io:443 -u x -p ${{ github.token }}"],
])("the login in %s is repaired", (_name, run) => {
  const { edits, unresolved } = repaired(workflow({ steps: ["- run: |", `    ${run}`] }));
  expect(unresolved).toEqual([]);
  expect(edits.map(({ after }) => after.trim())).toEqual([
    run.replace("${{ github.token }}", () => wanted),
  ]);
});

test("a secret whose place the fleet's takes is replaced, and the fleet's may have another name", () => {
  const before = withPassword("${{ secrets.CR_PAT }}");
  const { text } = repaired(before, { secret: "PUSH_PAT", replaceSecrets: ["cr_pat"] });
  expect(changes(before, text)).toEqual([
    "- password: ${{ secrets.CR_PAT }}",
    "+ password: ${{ secrets.PUSH_PAT || secrets.GITHUB_TOKEN }}",
  ]);
});

test("a variable that others read, too, is not changed: the login gets its own expression", () => {
  const before = withPassword("${{ env.TOKEN }}", [
    "env:",
    "  TOKEN: ${{ secrets.GITHUB_TOKEN }}",
    "permissions: { packages: write }",
  ]);
  const { text } = repaired(before);
  expect(changes(before, text)).toEqual(["- password: ${{ env.TOKEN }}", `+ password: ${wanted}`]);
});

test("a password that an alias brings is replaced at its login only", () => {
  const checkout = [
    "- uses: actions/checkout@v4",
    "  with: { token: &token '${{ github.token }}' }",
  ];
  const own = login.map((line) => line.replace("${{ secrets.GITHUB_TOKEN }}", "*token"));
  const before = workflow({ steps: [...checkout, ...own] });
  expect(changes(before, repaired(before).text)).toEqual([
    "- password: *token",
    `+ password: "${wanted}"`,
  ]);
  const script = "echo $TOKEN | docker login ghcr.io -u x --password-stdin";
  const variables = workflow({
    top: ["permissions: { packages: write }", "env: &env { TOKEN: '${{ github.token }}' }"],
    steps: [`- run: ${script}`, "  env: *env"],
  });
  expect(repaired(variables).text).toBe(variables.replace("$TOKEN", () => wanted));
});

test("a password that an alias also uses elsewhere is not changed", () => {
  const steps = login.map((line) => line.replace("password: ", "password: &token "));
  const before = workflow({
    steps: [...steps, "- run: gh pr list", "  env: { GH_TOKEN: *token }"],
  });
  const { text, unresolved } = repaired(before);
  expect(text).toBe(before);
  expect(unresolved).toEqual([
    {
      line: 13,
      reason: "an alias brings this to other places, too, which would change with it",
      fix: `where the others have values of their own in place of the alias:\n${wanted}`,
    },
  ]);
});

test("a step that aliases repeat in jobs that publish is changed once", () => {
  const before = [
    "on: push",
    "permissions: { packages: write }",
    "jobs:",
    "  one:",
    "    runs-on: x",
    "    steps: &steps",
    ...[...login, "- run: docker push ghcr.io/acme/api"].map((line) => `      ${line}`),
    "  two:",
    "    runs-on: x",
    "    steps: *steps",
    "",
  ].join("\n");
  expect(repaired(before).edits).toHaveLength(1);
});

test("a file that a program writes is reported", () => {
  const before = `# Code generated by make. DO NOT EDIT.\n${workflow()}`;
  const { text, unresolved } = repaired(before);
  expect(text).toBe(before);
  expect(unresolved).toEqual([
    {
      line: 14,
      reason: "a program writes this file (line 1 says so): change what it is made from",
      fix: wanted,
    },
  ]);
});
