import { expect, test } from "vitest";
import { login, wanted, workflow } from "../workflow-text.ts";
import { build, caller, ci, declared, password, repaired } from "./call-text.ts";

const passed = ["+ secrets:", "+ GHCR_PAT: ${{ secrets.GHCR_PAT }}"];

test.each<[string, string[], string[]?]>([
  ["on: workflow_call", ["- on: workflow_call", "+ on:", "+ workflow_call:"]],
  [
    "on: [push, workflow_call]",
    ["- on: [push, workflow_call]", "+ on:", "+ push:", "+ workflow_call:"],
  ],
  [
    "on:\n- push # of main\n# by others\n- 'workflow_call'",
    ["- - push # of main", "- - 'workflow_call'", "+ push: # of main", "+ 'workflow_call':"],
  ],
  ["on:\n  workflow_call:", []],
  [
    "on: { workflow_call: {} }",
    [
      "- on: { workflow_call: {} }",
      "+ on: { workflow_call: { secrets: { GHCR_PAT: { required: false } } } }",
    ],
    [],
  ],
  [
    "on: { workflow_call: { secrets: {} } }",
    [
      "- on: { workflow_call: { secrets: {} } }",
      "+ on: { workflow_call: { secrets: { GHCR_PAT: { required: false } } } }",
    ],
    [],
  ],
  ["on:\n  workflow_call: {}", ["- workflow_call: {}", "+ workflow_call:"]],
  ["on:\n  workflow_call:\n    inputs:\n      tag: { type: string }", []],
])(
  "a workflow with `%s` declares the secret, and its caller passes it",
  (on, spelled, lines = declared) => {
    const files = { [build]: workflow({ on }), [ci]: caller() };
    const [gone, ...back] = password;
    expect(repaired(files)[build]?.toSorted()).toEqual(
      [...spelled, ...lines, gone, ...back].toSorted(),
    );
    expect(repaired(files)[ci]).toEqual(passed);
  },
);

test("a declared secret gets a sibling, and so does one that is passed", () => {
  const on = "on:\n  workflow_call:\n    secrets:\n      NPM:\n        required: true";
  const files = {
    [build]: workflow({ on }),
    [ci]: caller("secrets:", "  NPM: ${{ secrets.NPM }} # for npm"),
  };
  expect(repaired(files)).toEqual({
    [build]: [password[0], "+ GHCR_PAT:", "+ required: false", password[1]],
    [ci]: ["+ GHCR_PAT: ${{ secrets.GHCR_PAT }}"],
  });
});

test("secrets: inherit passes it already", () => {
  const files = {
    [build]: workflow({ on: "on: { workflow_call: }" }),
    [ci]: caller("secrets: inherit"),
  };
  expect(repaired(files)[ci]).toEqual([]);
});

test("a workflow that reads inherited secrets without declaring any is not changed", () => {
  const on = "on:\n  workflow_call:";
  const steps = [...login, "- run: ./notify ${{ secrets.SLACK }}"];
  const files = { [build]: workflow({ on, steps }), [ci]: caller("secrets: inherit") };
  expect(repaired(files)).toEqual({ [build]: password, [ci]: [] });
});

test("a secret that contains the credential is repaired where it is passed", () => {
  const steps = login.map((line) => line.replace("GITHUB_TOKEN", "registry_token"));
  const on = "on:\n  workflow_call:\n    secrets:\n      registry_token:\n        required: true";
  const files = {
    [build]: workflow({ on, steps }),
    [ci]: caller("secrets:", "  registry_token: ${{ secrets.GITHUB_TOKEN }}"),
  };
  expect(repaired(files)).toEqual({
    [build]: [],
    [ci]: ["- registry_token: ${{ secrets.GITHUB_TOKEN }}", `+ registry_token: ${wanted}`],
  });
});

test.each([
  ["${{ secrets.GITHUB_TOKEN }}", true],
  ["${{ secrets.CR_PAT }}", true],
  ["${{ secrets.GHCR_PAT || secrets.CR_PAT }}", true],
  ["${{ secrets.GHCR_PAT }}", false],
  [wanted, false],
])("what a caller passes as the secret, %s, becomes the secret: %s", (given, isReplaced) => {
  const on = "on:\n  workflow_call:\n    secrets:\n      GHCR_PAT:\n        required: true";
  const steps = login.map((line) => line.replace("GITHUB_TOKEN", "GHCR_PAT"));
  const files = {
    [build]: workflow({ on, steps }),
    [ci]: caller("secrets:", `  GHCR_PAT: ${given}`),
  };
  const after = repaired(files, { replaceSecrets: ["CR_PAT"] });
  expect(after[build]).toHaveLength(2);
  expect(after[ci]).toEqual(
    isReplaced ? [`- GHCR_PAT: ${given}`, "+ GHCR_PAT: ${{ secrets.GHCR_PAT }}"] : [],
  );
});

test.each([
  [
    "secrets: inherit",
    ["  notes:", "    uses: ./.github/workflows/notes.yml", "    secrets: inherit"],
  ],
  ["toJSON(secrets)", ["      - run: ./all '${{ toJSON(secrets) }}'"]],
  ["secrets[matrix.name]", ["      - run: ./one '${{ secrets[matrix.name] }}'"]],
])("a secret that contains the credential, and that `%s` passes to others, too", (_name, lines) => {
  const steps = login.map((line) => line.replace("GITHUB_TOKEN", "token"));
  const on = "on:\n  workflow_call:\n    secrets:\n      token:\n        required: true";
  const files = {
    [build]: `${workflow({ on, steps })}${lines.join("\n")}\n`,
    [ci]: caller("secrets:", "  token: ${{ secrets.GITHUB_TOKEN }}"),
  };
  expect(repaired(files)).toEqual({
    [build]: [],
    [ci]: [`7: the secret token of ${build} serves more than a login`],
  });
});

test("what a caller passes as the secret is not changed if it is used for more than a login", () => {
  const on = "on:\n  workflow_call:\n    secrets:\n      GHCR_PAT:\n        required: true";
  const steps = [...login, "- run: gh pr list", "  env: { GH_TOKEN: '${{ secrets.GHCR_PAT }}' }"];
  const files = {
    [build]: workflow({ on, steps }),
    [ci]: caller("secrets:", "  GHCR_PAT: ${{ secrets.GITHUB_TOKEN }}"),
  };
  expect(repaired(files)[ci]).toEqual([
    `7: the secret GHCR_PAT of ${build} serves more than a login`,
  ]);
});

test("a caller that turns the login off is not changed", () => {
  const on = "on:\n  workflow_call:\n    inputs:\n      push: { type: boolean }";
  const steps = [...login, "  if: inputs.push"];
  const files = {
    [build]: workflow({ on, steps, top: [] }),
    [ci]: caller("with:", "  push: false").replace("packages: write", "packages: read"),
  };
  expect(repaired(files)[ci]).toEqual([]);
});

const asksForMore =
  "the job's token may not push packages, and this workflow does not start where it asks for more than its caller has";

test("a workflow requests no more than its callers have: they are repaired first", () => {
  const on = "on:\n  workflow_call:";
  const top = ["permissions:", "  contents: read"];
  const lacking = caller().replace(", packages: write", "");
  expect(repaired({ [build]: workflow({ on, top }), [ci]: lacking })).toMatchObject({
    [build]: expect.arrayContaining(["+ packages: write"]),
    [ci]: expect.arrayContaining(["+ permissions: { contents: read, packages: write }"]),
  });
  const unsaid = caller().replace(/ {4}permissions.*\n/, "");
  expect(repaired({ [build]: workflow({ on, top }), [ci]: unsaid })).toMatchObject({
    [build]: expect.arrayContaining([`4: ${asksForMore}`]),
  });
});

test("a caller that turns the login off needs the permission that the workflow asks for", () => {
  const on = "on:\n  workflow_call:\n    inputs:\n      push: { type: boolean }";
  const steps = [...login, "  if: inputs.push"];
  const pr = ".github/workflows/pr.yml";
  const files = {
    [build]: workflow({ on, steps, top: ["permissions:", "  contents: read"] }),
    [ci]: caller("with:", "  push: true"),
    [pr]: caller("with:", "  push: false").replace(", packages: write", ""),
  };
  const after = repaired(files);
  expect(after[build]).toContain("+ packages: write");
  expect(after[pr]).toEqual([
    "- permissions: { contents: read }",
    "+ permissions: { contents: read, packages: write }",
  ]);
});

test("a workflow that other repositories may call requests no more permissions", () => {
  const on = "on: { push: , workflow_call: { secrets: { GHCR_PAT: { required: false } } } }";
  const top = ["permissions:", "  contents: read"];
  expect(repaired({ [build]: workflow({ on, top }) })).toEqual({
    [build]: [...password, `3: ${asksForMore}`],
  });
  // Nor does one that such a workflow calls.
  const middle = caller("secrets: inherit")
    .replace("on: push", on)
    .replace(", packages: write", "");
  const inner = workflow({ on: on.replace("push: , ", ""), top });
  expect(repaired({ [build]: inner, [ci]: middle })).toEqual({
    [build]: [...password, `3: ${asksForMore}`],
    [ci]: [`4: ${asksForMore}`],
  });
});

test("a caller without permissions does not start if the default is read", () => {
  const unsaid = caller("secrets: inherit").replace(/ {4}permissions.*\n/, "");
  expect(repaired({ [build]: workflow({ on: "on: workflow_call" }), [ci]: unsaid })[ci]).toEqual([
    "3: job call says no permissions: the workflow that it calls asks for packages: write, so the run does not start where the repository's default is read",
  ]);
});

test("a call of the repository's own workflow at a tag is reported", () => {
  const on = "on: workflow_call";
  const tagged = (secrets: string) =>
    caller(`secrets: ${secrets}`).replace("./.github/workflows/build.yml", `Acme/api/${build}@v1`);
  const after = (secrets: string) =>
    repaired({ [build]: workflow({ on }), [ci]: tagged(secrets) }, { repository: "acme/api" })[ci];
  expect(after("{}")).toEqual([
    `3: this job calls ${build} of this repository as it is at v1, and does not pass GHCR_PAT`,
  ]);
  expect(after("inherit")).toEqual([]);
  expect(after("{ GHCR_PAT: '${{ secrets.GHCR_PAT }}' }")).toEqual([]);
});

test("what a program writes declares nothing, so its caller passes nothing", () => {
  const text = `# Code generated by make. DO NOT EDIT.\n${workflow({ on: "on: workflow_call" })}`;
  const generated = "a program writes this file (line 1 says so): change what it is made from";
  expect(repaired({ [build]: text, [ci]: caller() })).toEqual({
    [build]: [
      "2: callers of this workflow cannot pass GHCR_PAT before it is declared",
      `14: ${generated}`,
    ],
    [ci]: [],
  });
});
