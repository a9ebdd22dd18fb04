import { expect, test } from "vitest";
import { login, wanted, workflow } from "../workflow-text.ts";
import { repairWorkflows } from "../../../src/publishing/repair-workflows.ts";
import { ci, repaired } from "./call-text.ts";

const action = ".github/actions/publish/action.yml";

const composite = [
  "runs:",
  "  using: composite",
  "  steps:",
  ...login.map((line) => `    ${line.replace("secrets.GITHUB_TOKEN", "inputs.token")}`),
  "    - run: docker push ghcr.io/acme/api",
  "      shell: bash",
  "",
].join("\n");

test("an action's input passes the credential from the step that runs the action", () => {
  const files = {
    [action]: `inputs: { token: { required: true } }\n${composite}`,
    [ci]: workflow({
      steps: ["- uses: ./.github/actions/publish", "  with:", "    token: ${{ github.token }}"],
      push: "",
    }),
  };
  expect(repaired(files)).toEqual({
    [action]: [],
    [ci]: ["- token: ${{ github.token }}", `+ token: ${wanted}`],
  });
});

test("a step that turns the login of its action off is not changed", () => {
  const inputs = "inputs: { token: { required: true }, login: { default: 'true' } }";
  const files = (...more: string[]) => ({
    [action]: `${inputs}\n${composite.replace("- uses", "- if: inputs.login == 'true'\n      uses")}`,
    [ci]: workflow({
      top: ["permissions: { contents: read }"],
      steps: [
        "- uses: ./.github/actions/publish",
        "  with:",
        "    token: ${{ github.token }}",
        ...more,
      ],
    }),
  });
  expect(repaired(files("    login: false"))[ci]).toEqual([]);
  expect(repaired(files())[ci]).toContain(`+ token: ${wanted}`);
});

test("an input with the job's token as its default is set", () => {
  const files = {
    [action]: `inputs: { token: { default: "\${{ github.token }}" } }\n${composite}`,
    [ci]: workflow({ steps: ["- uses: ./.github/actions/publish"], push: "" }),
  };
  expect(repaired(files)).toEqual({ [action]: [], [ci]: ["+ with:", `+ token: ${wanted}`] });
});

test("an input that a condition reads, or an expression that only compares it, passes the credential", () => {
  const owner = "inputs.token && format('--owner {0}', github.repository_owner)";
  const compares = `\n      env: { PUSH: "\${{ (inputs.token != '') && 'yes' || 'no' }}", OWNER: "\${{ ${owner} }}" }`;
  const conditional = composite.replace("- uses", "- if: ${{ inputs.token != '' }}\n      uses");
  const files = {
    [action]: `inputs: { token: {} }\n${conditional.replace("shell: bash", () => `shell: bash${compares}`)}`,
    [ci]: workflow({
      steps: ["- uses: ./.github/actions/publish", "  with:", "    token: ${{ github.token }}"],
      push: "",
    }),
  };
  expect(repaired(files)[ci]).toEqual(["- token: ${{ github.token }}", `+ token: ${wanted}`]);
});

test("an input with which a login is tried again passes the credential", () => {
  const retry = login.map((line) => `    ${line.replace("secrets.GITHUB_TOKEN", "inputs.token")}`);
  const tried = composite
    .replace("- uses", "- id: first\n      continue-on-error: true\n      uses")
    .replace("    - run", () =>
      [
        retry.join("\n").replace("- uses", "- if: steps.first.outcome == 'failure'\n      uses"),
        "    - run",
      ].join("\n"),
    );
  const files = {
    [action]: `inputs: { token: { required: true } }\n${tried}`,
    [ci]: workflow({
      steps: ["- uses: ./.github/actions/publish", "  with:", "    token: ${{ github.token }}"],
      push: "",
    }),
  };
  expect(repaired(files)).toEqual({
    [action]: [],
    [ci]: ["- token: ${{ github.token }}", `+ token: ${wanted}`],
  });
});

test("an input that is used for more than the login is reported, and nothing is declared for it", () => {
  const other =
    "    - { run: gh pr list, shell: bash, env: { GH_TOKEN: '${{ inputs.token }}' } }\n";
  const files = {
    [action]: `inputs: { token: { required: true } }\n${composite}${other}`,
    [ci]: workflow({
      on: "on: { push: {}, workflow_call: {} }",
      steps: ["- uses: ./.github/actions/publish", "  with: { token: '${{ github.token }}' }"],
      push: "",
    }),
  };
  expect(repaired(files)).toEqual({
    [action]: [],
    [ci]: [`10: the input token of ${action} serves more than a login`],
  });
  const denied = workflow({
    top: ["permissions: { contents: read }"],
    steps: ["- uses: ./.github/actions/publish", "  with: { token: '${{ github.token }}' }"],
    push: "",
  });
  expect(repaired({ ...files, [ci]: denied })[ci]).toEqual([
    "- permissions: { contents: read }",
    "+ permissions: { contents: read, packages: write }",
    `8: the input token of ${action} serves more than a login`,
  ]);
});

test("an action that reads the job's token itself is reported: it cannot read secrets", () => {
  const files = {
    [action]: composite.replace("inputs.token", "github.token"),
    [ci]: workflow({ steps: ["- uses: ./.github/actions/publish"], push: "" }),
  };
  expect(repaired(files)).toEqual({
    [action]: ["8: an action cannot read secrets, and takes the job's token by itself"],
    [ci]: [],
  });
});

test("the same where the action sets the variable of its script, and another program reads it, too", () => {
  const script = [
    "runs:\n  using: composite\n  steps:",
    "    - run: echo $TOKEN | docker login ghcr.io -u x --password-stdin && gh release view",
    "      shell: bash",
    "      env: { TOKEN: '${{ github.token }}' }\n",
  ].join("\n");
  const steps = ["- uses: ./.github/actions/publish"];
  expect(repaired({ [action]: script, [ci]: workflow({ steps }) })).toEqual({
    [action]: ["4: an action cannot read secrets, and takes the job's token by itself"],
    [ci]: [],
  });
});

test("an action whose script takes a variable of its step is reported", () => {
  const script =
    "runs:\n  using: composite\n  steps:\n    - { run: echo $TOKEN | docker login ghcr.io -u x --password-stdin, shell: bash }\n";
  const steps = ["- uses: ./.github/actions/publish", "  env: { TOKEN: '${{ github.token }}' }"];
  expect(repaired({ [action]: script, [ci]: workflow({ steps }) })).toEqual({
    [action]: [
      "4: the action takes the password from a variable of the job or of the step that runs it",
    ],
    [ci]: [],
  });
});

test("what to type for the login of an action is an input of it, said once for all jobs that run it", () => {
  const run = "echo $TOKEN | docker login ghcr.io -u x --password-stdin && ./notify.sh";
  const script = [
    "inputs: { token: {} }\nruns:\n  using: composite\n  steps:",
    `    - { run: ${run}, shell: bash, env: { TOKEN: "\${{ inputs.token }}" } }\n`,
  ].join("\n");
  const step = "- { uses: ./.github/actions/publish, with: { token: '${{ github.token }}' } }";
  const files = {
    [action]: script,
    [ci]: workflow({ steps: [step] }),
    ".github/workflows/other.yml": workflow({ steps: [step], top: [], push: "- run: make all" }),
  };
  const found = repairWorkflows(files).flatMap(({ unresolved }) => unresolved);
  expect(found).toMatchObject([
    {
      line: 5,
      reason: "the variable TOKEN goes to more than this login",
      fix: expect.stringContaining(`registry-password: ${wanted}`) as string,
    },
  ]);
});
