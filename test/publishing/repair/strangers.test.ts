import { expect, test } from "vitest";
import { repairWorkflows } from "../../../src/publishing/repair-workflows.ts";
import { login, path, repaired, reported, workflow } from "../workflow-text.ts";

const checkout = (ref: string) => [
  "- uses: actions/checkout@v4",
  `  with: { ref: "\${{ ${ref} }}" }`,
];
const takes =
  "this job may check out the code of pull requests, and has the repository's secrets: that code could take GHCR_PAT";

test.each(["github.event.pull_request.head.sha", "github.head_ref", "steps.pr.outputs.sha"])(
  "a login in a job that has secrets and the code of a pull request, by %s",
  (ref) => {
    const steps = [...checkout(ref), ...login];
    expect(reported(workflow({ on: "on: [push, pull_request_target]", steps }))).toEqual([
      `15: ${takes}`,
    ]);
    for (const text of [
      workflow({ on: "on: [push, pull_request]", steps }),
      workflow({ on: "on: pull_request_target", steps: login }),
    ])
      expect(repaired(text)).toMatchObject({ edits: [{ kind: "credential" }], unresolved: [] });
  },
);

test("the same by a script, and behind a workflow that pull requests start", () => {
  const fetched = ["- uses: actions/checkout@v4", "- run: gh pr checkout 1", ...login];
  expect(reported(workflow({ on: "on: issue_comment", steps: fetched }))).toEqual([`15: ${takes}`]);
  const on = "on: { workflow_run: { workflows: [CI], branches: [main] } }";
  const steps = [...checkout("github.event.workflow_run.head_sha"), ...login];
  expect(reported(workflow({ on, steps }))).toEqual([`15: ${takes}`]);
  const job = ["if: github.event.workflow_run.event == 'push'"];
  for (const text of [
    workflow({ on, steps, job }),
    workflow({ on, steps: [...checkout("steps.version.outputs.tag"), ...login] }),
    workflow({ on: "on: issue_comment", steps: [...checkout("vars.BRANCH"), ...login] }),
  ])
    expect(repaired(text)).toMatchObject({ edits: [{ kind: "credential" }], unresolved: [] });
});

test.each([
  "github.event_name != 'pull_request_target'",
  "github.event.pull_request.head.repo.full_name == github.repository",
  "github.event.pull_request.head.repo.fork == false && github.actor != 'a'",
])("a job, or a checkout, that runs for no stranger, as its condition %s says", (condition) => {
  const on = "on: [push, pull_request_target]";
  const steps = [...checkout("github.event.pull_request.head.sha"), ...login];
  const own = workflow({ on, steps, job: [`if: ${condition}`] });
  const step = workflow({ on, steps: [...steps.slice(0, 2), `  if: ${condition}`, ...login] });
  for (const text of [own, step])
    expect(repaired(text)).toMatchObject({ edits: [{ kind: "credential" }], unresolved: [] });
});

test.each([
  "github.event_name == 'push' || github.event.label.name == 'ok'",
  "github.repository == 'acme/api'",
  "github.repository != 'acme/upstream'",
])("a job that may run for a stranger all the same: %s", (condition) => {
  const steps = [...checkout("github.head_ref"), ...login];
  const job = [`if: ${condition}`];
  expect(reported(workflow({ on: "on: pull_request_target", steps, job }))).toEqual([
    `16: ${takes}`,
  ]);
});

test("the jobs that a job needs may leave no run to strangers; the name of what runs before does not", () => {
  const on = "on: { workflow_run: { workflows: [CI] } }";
  const steps = [...checkout("github.event.workflow_run.head_branch"), ...login];
  const edits = (text: string) =>
    repairWorkflows({ [path]: text, ".github/workflows/before.yml": "name: CI\non: push\n" })
      .flatMap((file) => file.edits)
      .map(({ kind }) => kind);
  expect(edits(workflow({ on, steps }))).toEqual([]);
  const after = (condition: string) =>
    workflow({ on, steps, job: ["needs: first", condition] }).concat(
      "  first: { if: github.event.workflow_run.event == 'push', steps: [run: 'true'] }\n",
    );
  expect(edits(after("if: needs.first.outputs.go == 'true'"))).toEqual(["credential"]);
  expect(edits(after("if: always()"))).toEqual([]);
  const event = "github.event.workflow_run.event";
  for (const condition of [
    `${event} == 'push' || ${event} == 'pull_request'`,
    `${event} != 'pull_request'`,
  ])
    expect(edits(workflow({ on, steps, job: [`if: ${condition}`] }))).toEqual([]);
});

const head = "github.event.pull_request.head";

test.each([
  [`git checkout \${{ ${head}.sha }}`],
  ["git fetch origin $REF && git switch -d FETCH_HEAD"],
  [`REF=\${{ ${head}.ref }}\n    git pull origin "$REF"`],
  ["git -C src checkout $GITHUB_HEAD_REF"],
  [`gh repo clone \${{ ${head}.repo.full_name }}`],
  [`curl -L https://github.com/\${{ ${head}.repo.full_name }}/archive/main.tar.gz | tar xz`],
])("the same by the commands of a script, `%s`", (script) => {
  const on = "on: pull_request_target";
  const env = `  env: { REF: '\${{ github.head_ref }}' }`;
  const steps = ["- run: |", ...script.split("\n").map((line) => `    ${line.trim()}`), env];
  const line = 10 + steps.length + 3;
  expect(reported(workflow({ on, steps: [...steps, ...login] }))).toEqual([`${line}: ${takes}`]);
});

test("the same by another action, and by a build from a repository", () => {
  const on = "on: pull_request_target";
  const ref = `\${{ ${head}.sha }}`;
  const other = ["- uses: acme/checkout-action@v1", `  with: { ref: '${ref}' }`];
  expect(reported(workflow({ on, steps: [...other, ...login] }))).toEqual([`15: ${takes}`]);
  for (const context of [
    `https://github.com/\${{ ${head}.repo.full_name }}.git`,
    `\${{ ${head}.repo.clone_url }}#${ref}`,
  ]) {
    const push = `- { uses: docker/build-push-action@v6, with: { push: true, tags: ghcr.io/acme/api, context: '${context}' } }`;
    expect(reported(workflow({ on, push }))).toEqual([`13: ${takes}`]);
  }
  const base = "- run: git fetch origin ${{ github.event.pull_request.base.sha }}";
  expect(repaired(workflow({ on, steps: [base, ...login] })).edits).toHaveLength(1);
});

test("the same by an input, as the caller of the workflow gives it", () => {
  const steps = [...checkout("inputs.ref || env.REF"), ...login];
  const build = "on: { workflow_call: { inputs: { ref: { type: string } } } }";
  const reasons = (ref: string) => {
    const call = `jobs: { a: { uses: ./.github/workflows/build.yml, with: { ref: "${ref}" } } }`;
    const files = repairWorkflows({
      ".github/workflows/build.yml": workflow({ on: build, job: ["env: { REF: main }"], steps }),
      [path]: `on: issue_comment\npermissions: { packages: write }\n${call}\n`,
    });
    return files.flatMap(({ unresolved }) => unresolved.map(({ reason }) => reason));
  };
  expect(reasons("refs/pull/${{ github.event.issue.number }}/head")).toEqual([takes]);
  expect(reasons("${{ needs.find.outputs.sha }}")).toEqual([takes]);
  expect(reasons("${{ github.sha }}")).toEqual([]);
});
