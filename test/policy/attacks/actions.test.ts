import { expect, test } from "vitest";
import { checkWorkflows } from "../../../policy/check.ts";
import { workflowPinned } from "../../../policy/rules/workflow-pinned.ts";
import { repositoryFile } from "../cases/workflow-programs.ts";
import { now, runPolicy } from "../run-policy.ts";

const path = ".github/actions/publish/action.yml";
const text = (...steps: string[]) =>
  [
    "name: Publish",
    "description: Pushes an image.",
    "inputs:",
    "  title: { description: Its title. }",
    "runs:",
    "  using: composite",
    "  steps:",
    ...steps.map((line) => `    ${line}`),
    "",
  ].join("\n");

async function found(action: string, at = path): Promise<string[]> {
  const findings = await checkWorkflows([{ path: at, text: action }], { now });
  return findings.map(({ rule, line }) => `${line} ${rule.id}`);
}

test("the steps of an action are checked like those of a job", async () => {
  const action = text(
    "- uses: actions/checkout@v4",
    "- run: echo ${{ inputs.title }} ${{ github.event.issue.title }}",
    "  shell: bash",
    '- run: echo "B=$GITHUB_HEAD_REF" >> $GITHUB_ENV',
    "  shell: bash",
    "- run: echo ${{ env.B }}",
    "  shell: bash",
  );
  expect(await found(action)).toEqual([
    "8 workflow-pinned",
    "9 workflow-no-injection",
    "13 workflow-no-injection",
    "8 workflow-no-persisted-credentials",
  ]);
});

test("an action does not need what only a workflow has", async () => {
  expect(await found(text("- run: make", "  shell: bash"))).toEqual([]);
  const managed = [{ path, text: text("- run: make", "  shell: bash") }];
  expect(await checkWorkflows(managed, { now, managed: true })).toEqual([]);
});

test("an action that GitHub would refuse is found", async () => {
  expect(await found(text("- run: make"))).toEqual(["8 workflow-parses"]);
  expect(await found(text("- run: make", "  shell: bash", "  shell: sh"))).toEqual([
    "10 workflow-parses",
  ]);
  expect(await found("on: push\njobs: {}\n")).toContain("1 workflow-parses");
});

test("an action needs no texts for the marketplace", async () => {
  const silent = text("- run: make", "  shell: bash").split("\n").slice(2).join("\n");
  expect(await found(silent)).toEqual([]);
});

test("a workflow may be called action.yml", async () => {
  const workflow = "on: pull_request_target\njobs: {}\n";
  const at = ".github/workflows/action.yml";
  expect(await found(workflow, at)).toContain("1 workflow-no-dangerous-trigger");
});

test("a program's file that is an action is checked, and another is not", async () => {
  const judge = async (file: string) => {
    const resources = [repositoryFile(file, text("- uses: actions/checkout@v4"))];
    return (await runPolicy(workflowPinned, { resources })).violations.length;
  };
  expect(await judge(path)).toBe(1);
  expect(await judge(".github/actions/a/b/action.yaml")).toBe(1);
  expect(await judge(".github/actions/publish/other.yml")).toBe(0);
});
