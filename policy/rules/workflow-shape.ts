import { isMap, isScalar, type Node } from "yaml";
import type { WorkflowRule } from "../model/rule.ts";
import { mayWritePackages } from "../workflow/may-write-packages.ts";
import { publishersOf } from "../workflow/publishers.ts";
import { templateRole } from "../workflow/template-role.ts";
import type { Workflow, WorkflowFinding } from "../workflow/workflow.ts";
import { textOf, type YamlReader } from "../workflow/language/yaml-nodes.ts";

const syntax = "https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax";

/** GitHub does not run a workflow that it cannot read, and shows that only on the Actions page. */
export const workflowParses: WorkflowRule = {
  kind: "workflow",
  id: "workflow-parses",
  level: "mandatory",
  severity: "high",
  description:
    "Every workflow file is valid YAML without duplicate keys, and a valid workflow; every action a valid action.",
  remediation: "Correct the line; `ghcr-fleet check` shows whether the file is valid then.",
  source: syntax,
  sees: "Every file in .github/workflows, and the actions in .github/actions. Inputs of reusable workflows in other repositories are not compared with their declaration.",
  *judge({ problems }) {
    yield* problems;
  },
};

/** Images come only from the default branch and from releases. */
export const workflowTriggers: WorkflowRule = {
  kind: "workflow",
  id: "workflow-triggers",
  asks: "branch",
  isStyle: true,
  level: "mandatory",
  severity: "medium",
  description:
    "ci.yml runs on pushes to the default branch, release.yml on published releases and by hand only.",
  remediation:
    "Trigger ci.yml with on.push.branches: [<default branch>], and release.yml with on.release.types: [published] and on.workflow_dispatch.",
  source:
    "https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows",
  sees: "The templates' ci.yml and release.yml. Of other files that publish to ghcr.io: whether pushes to any branch publish, as advice where people write them.",
  *judge(workflow) {
    const template = templateRole(workflow);
    if (template === "ci") yield* judgeCiTriggers(workflow);
    else if (template === "release") yield* judgeReleaseTriggers(workflow);
    else yield* judgeOwnTriggers(workflow);
  },
};

function* judgeOwnTriggers({ role, triggers, yaml }: Workflow): Iterable<WorkflowFinding> {
  const push = triggers.get("push");
  if (role === "other" || !push) return;
  const filters = ["branches", "branches-ignore", "tags", "tags-ignore"];
  if (!filters.some((key) => yaml.keyNode(push.settings, key)))
    yield { line: push.line, must: "limit pushes that publish, in on.push.branches or tags" };
}

function* judgeCiTriggers({
  triggers,
  yaml,
  root,
  branch,
  lineOf,
}: Workflow): Iterable<WorkflowFinding> {
  const push = triggers.get("push");
  if (!push) {
    yield { line: lineOf(yaml.keyNode(root, "on")), must: "run on pushes to the default branch" };
    return;
  }
  if (["tags", "tags-ignore"].some((key) => yaml.keyNode(push.settings, key)))
    yield { line: push.line, must: "publish pushes to the default branch, and no tags" };
  const branches = textsOf(yaml, yaml.at(push.settings, "branches"));
  if (branches.length === 0) {
    yield { line: push.line, must: "limit pushes to the default branch, in on.push.branches" };
    return;
  }
  // `+` and `!` have a meaning in patterns, so a branch with them is written with a backslash.
  const plain = branches.map((pattern) => pattern.replaceAll(/\\([+!])/g, "$1"));
  const [only = "", ...others] = plain;
  const isDefault = branch === undefined ? !/[*?[\]]/.test(only) : only === branch;
  if (!isDefault || others.length > 0)
    yield { line: push.line, must: "publish pushes to the default branch, and to no other" };
}

function* judgeReleaseTriggers({
  triggers,
  yaml,
  root,
  lineOf,
}: Workflow): Iterable<WorkflowFinding> {
  const on = lineOf(yaml.keyNode(root, "on"));
  const release = triggers.get("release");
  const types = textsOf(yaml, yaml.at(release?.settings, "types"));
  if (!release) yield { line: on, must: "run when a release is published" };
  else if (types.length !== 1 || types[0] !== "published")
    yield {
      line: release.line,
      must: "run when a release is published, and at no other of its events",
    };
  if (!triggers.has("workflow_dispatch"))
    yield { line: on, must: "be startable by hand, with on.workflow_dispatch" };
  for (const [name, { line }] of triggers) {
    if (["release", "workflow_dispatch", "workflow_call"].includes(name)) continue;
    yield { line, must: "run on published releases and by hand only" };
  }
}

/** A list of texts; GitHub accepts one text, too. */
function textsOf(yaml: YamlReader, node: Node | undefined): string[] {
  const nodes = isScalar(node) ? [node] : yaml.items(node);
  return nodes.map(textOf).filter((text) => text !== undefined);
}

/** A compromised action gets the job's token, so that token must only be able to publish. */
export const workflowPermissions: WorkflowRule = {
  kind: "workflow",
  id: "workflow-permissions",
  level: "mandatory",
  severity: "high",
  description:
    "Jobs that publish may write packages. The fleet's own workflows grant nothing at the top, and their jobs write packages only (releases also id-token, attestations and artifact-metadata).",
  remediation:
    "Write `permissions: {}` at the top, and give the job `contents: read` and `packages: write`.",
  source:
    "https://docs.github.com/en/actions/reference/security/secure-use#use-the-principle-of-least-privilege",
  sees: "Files that the fleet writes, and jobs of other files that publish to ghcr.io: those with a permissions block that applies. Without any, the repository's setting decides, which is not in the file.",
  *judge(workflow) {
    const { kind, role, managed, yaml, root, jobs, lineOf } = workflow;
    // An action has the permissions of the job that uses it.
    if (kind === "action") return;
    if (!managed) {
      yield* judgeOwnPermissions(workflow);
      return;
    }
    const top = yaml.at(root, "permissions");
    if (!grantsNothing(workflow, top)) {
      const line = lineOf(yaml.keyNode(root, "permissions") ?? root);
      yield { line, must: "grant no permission at the top level" };
    }
    const writable =
      role === "ci" ? ["packages"] : ["packages", "id-token", "attestations", "artifact-metadata"];
    for (const { node } of jobs) {
      const permissions = yaml.at(node, "permissions");
      if (isScalar(permissions) && permissions.value !== null) {
        yield { line: lineOf(permissions), must: "list the permissions of each job one by one" };
      }
      for (const { key, keyNode, value } of yaml.entries(permissions)) {
        const level = textOf(value);
        if (level === "none" || level === "read" || writable.includes(key)) continue;
        const must = `let no job have write access except to ${writable.join(", ")}`;
        yield { line: lineOf(keyNode), must };
      }
    }
  },
};

function* judgeOwnPermissions(workflow: Workflow): Iterable<WorkflowFinding> {
  const { yaml, root, lineOf } = workflow;
  for (const { node, line } of publishersOf(workflow)) {
    const permissions = yaml.at(node, "permissions") ?? yaml.at(root, "permissions");
    if (!permissions) continue;
    if (textOf(permissions) === "write-all")
      yield { line: lineOf(permissions), must: "list the permissions of a job that publishes" };
    else if (!mayWritePackages(yaml, root, node))
      yield { line, must: "grant packages: write to the job that publishes" };
  }
}

function grantsNothing({ yaml }: Workflow, permissions: Node | undefined): boolean {
  return (
    isMap(permissions) && yaml.entries(permissions).every(({ value }) => textOf(value) === "none")
  );
}
