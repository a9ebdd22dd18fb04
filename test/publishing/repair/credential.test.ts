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
])("the password %s becomes the wanted one", (password) => {
  const before = withPassword(password);
  const { text, unresolved } = repaired(before);
  expect(changes(before, text)).toEqual([`- password: ${password}`, `+ password: ${wanted}`]);
  expect(unresolved).toEqual([]);
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

test.each(["${{ secrets.CR_PAT }}", "${{ secrets.CR_PAT || secrets.GITHUB_TOKEN }}"])(
  "another secret, as in %s, is reported with the way to replace it",
  (password) => {
    const before = withPassword(password);
    const { text, unresolved } = repaired(before);
    expect(text).toBe(before);
    const fix = `password: ${wanted}\nor let GHCR_PAT take its place: --replace-secret CR_PAT, in a fleet workflows.replaceSecrets`;
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

test.each([
  ["docker login ghcr.io -u x -p ${{ github.token }}", `docker login ghcr.io -u x -p ${wanted}`],
  [
    'echo "${{ secrets.GITHUB_TOKEN }}" | podman login ghcr.io -u x --password-stdin',
    `echo "${wanted}" | podman login ghcr.io -u x --password-stdin`,
  ],
  [
    "printf '%s' '${{ secrets.GITHUB_TOKEN }}' | helm registry login -u x --password-stdin ghcr.io",
    `printf '%s' '${wanted}' | helm registry login -u x --password-stdin ghcr.io`,
  ],
  [
    "buildah login --password=${{ github.token }} -u x https://ghcr.io",
    `buildah login --password=${wanted} -u x https://ghcr.io`,
  ],
  [
    "oras login ghcr.io -u x --password-stdin <<< ${{ github.token }}",
    `oras login ghcr.io -u x --password-stdin <<< ${wanted}`,
  ],
  [
    "skopeo copy --dest-creds x:${{ github.token }} oci:a docker://ghcr.io/acme/api",
    `skopeo copy --dest-creds x:${wanted} oci:a docker://ghcr.io/acme/api`,
  ],
])("the script %s is repaired at the password", (script, after) => {
  const before = workflow({ steps: ["- run: |", "    set -e", `    ${script}`, "    date"] });
  expect(changes(before, repaired(before).text)).toEqual([`- ${script}`, `+ ${after}`]);
});

test.each([
  ["docker login ghcr.io -u x --password-stdin <<EOF", "PASSWORD", "EOF"],
  ["cat <<-'EOF' | docker login ghcr.io -u x --password-stdin", "\tPASSWORD", "EOF"],
  ["docker login -ux -pPASSWORD ghcr.io"],
  ['echo "PASSWORD" | # the token', "docker login ghcr.io -u x --password-stdin"],
  ["docker login ghcr.io -u x -p $(echo PASSWORD)"],
])("the password is repaired in a script that begins with `%s`", (...lines) => {
  const script = (password: string) => [
    "- run: |",
    ...lines.map((line) => `    ${line.replace("PASSWORD", () => password)}`),
  ];
  const before = workflow({ steps: script("${{ secrets.GITHUB_TOKEN }}") });
  expect(repaired(before)).toMatchObject({
    text: workflow({ steps: script(wanted) }),
    unresolved: [],
  });
});

test.each([
  ["${TOKEN:?no token}", wanted],
  ['"$($env:TOKEN)"', `"${wanted}"`],
])("a variable that others read, too, is replaced in the login as a whole: %s", (word, after) => {
  const script = (password: string) => [
    "- run: |",
    `    docker login ghcr.io -u x -p ${password}`,
    "    gh release view",
    "  env: { TOKEN: '${{ github.token }}' }",
  ];
  const before = workflow({ steps: script(word) });
  expect(repaired(before).text).toBe(workflow({ steps: script(after) }));
});

test.each([
  '"${GHCR_TOKEN:-$TOKEN}"',
  '"$PREFIX$TOKEN"',
  '"$(curl -H "Authorization: Bearer $TOKEN" https://login.example)"',
  "$(curl -u x:${{ github.token }} https://login.example)",
])("a password that is not the variable alone, %s, is reported", (word) => {
  const before = workflow({
    steps: [
      "- run: |",
      `    docker login ghcr.io -u x -p ${word}`,
      "  env: { TOKEN: '${{ github.token }}', GHCR_TOKEN: '${{ secrets.GHCR_TOKEN }}' }",
    ],
  });
  const { text, unresolved } = repaired(before);
  expect(text).toBe(before);
  expect(unresolved).toMatchObject([
    { reason: "the password depends on a condition, or is put together from several texts" },
  ]);
});

test("a step's variable is repaired where the script uses it for the login only", () => {
  const steps = [
    "- env:",
    "    TOKEN: ${{ secrets.GITHUB_TOKEN }}",
    "  run: echo $TOKEN | docker login ghcr.io -u x --password-stdin",
  ];
  const before = workflow({ steps });
  expect(changes(before, repaired(before).text)).toEqual([
    "- TOKEN: ${{ secrets.GITHUB_TOKEN }}",
    `+ TOKEN: ${wanted}`,
  ]);
});

test.each(["if test -f x; then date; fi", "TAG=$(date +%s) && echo $TAG", "! docker pull x"])(
  "a step's variable is repaired next to `%s`, which starts nothing that may read it",
  (other) => {
    const line = "echo $TOKEN | docker login ghcr.io -u x --password-stdin";
    const env = ["- env:", "    TOKEN: ${{ github.token }}"];
    const before = workflow({ steps: [...env, "  run: |", `    ${line}`, `    ${other}`] });
    expect(changes(before, repaired(before).text)).toEqual([
      "- TOKEN: ${{ github.token }}",
      `+ TOKEN: ${wanted}`,
    ]);
  },
);

test.each([
  "gh release create v1",
  'curl -H "Authorization: Bearer $GITHUB_TOKEN" x',
  "./notify.sh",
  "VERSION=$(gh release view --json tagName)",
  "VERSION=`gh release view`",
  "if gh release view v1; then date; fi",
  "if test -f x; then gh release upload v1 x; fi",
  "GOFLAGS=-v goreleaser release",
  "jq . <<< $(gh release view)",
])("a step's variable is not changed if `%s` may read it", (other) => {
  const line = "echo $GITHUB_TOKEN | docker login ghcr.io -u x --password-stdin";
  const before = workflow({
    steps: [
      "- env:",
      "    GITHUB_TOKEN: ${{ github.token }}",
      "  run: |",
      `    ${line}`,
      `    ${other}`,
    ],
  });
  expect(changes(before, repaired(before).text)).toEqual([
    `- ${line}`,
    `+ ${line.replace("$GITHUB_TOKEN", () => wanted)}`,
  ]);
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
      fix: wanted,
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
