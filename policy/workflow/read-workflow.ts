import { LineCounter, parseDocument, type Node } from "yaml";
import { isWalkable, targetsOf } from "./language/aliases.ts";
import { githubProblems } from "./github-problems.ts";
import { mayWritePackages } from "./may-write-packages.ts";
import { publishersOf } from "./publishers.ts";
import { readExpressions } from "./read-expressions.ts";
import { templateRole } from "./template-role.ts";
import type { Job, Step, Trigger, Workflow, WorkflowSource } from "./workflow.ts";
import { readerOf, stringScalar, textOf, type YamlReader } from "./language/yaml-nodes.ts";
import { yamlProblems } from "./yaml-problems.ts";

/** The workflows read last: all rules judge a resource's files before the next resource is read. */
const recent: Workflow[] = [];
const mostRecent = 8;

/** Reads a file for the rules: any text becomes a workflow, with its problems. */
export async function readWorkflow(source: WorkflowSource): Promise<Workflow> {
  const known = recent.find((workflow) => isSame(workflow, source));
  if (known) return known;
  const read = parseSource(source);
  // GitHub's parser fails because of the same mistakes in YAML, and describes them less exactly.
  const problems =
    read.problems.length > 0 ? read.problems : await githubProblems(read.kind, source.text);
  const workflow = { ...read, problems };
  if (recent.length >= mostRecent) recent.shift();
  recent.push(workflow);
  return workflow;
}

function isSame(one: WorkflowSource, other: WorkflowSource): boolean {
  const fields = [
    "path",
    "managed",
    "registry",
    "owner",
    "repository",
    "branch",
    "callees",
    "isCalled",
    "isForPush",
    "newerPins",
    "text",
  ] as const;
  return fields.every((field) => one[field] === other[field]);
}

/** The same without GitHub's verdict, and not cached: the document may be edited. */
export function parseSource(source: WorkflowSource): Workflow {
  const lines = new LineCounter();
  const document = parseDocument(source.text, { lineCounter: lines });
  const targets = targetsOf(document);
  const yaml = readerOf(targets);
  const walkable = isWalkable(document, targets);
  const contents = walkable ? document.contents : null;
  const root = yaml.map(contents);
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line);
  const lineOf = (node: Node | null | undefined) => (node?.range ? lineAt(node.range[0]) : 1);
  const problems = yamlProblems(document, source, lineAt);
  const kind = kindOfPath(source.path);
  // An action's steps are one level below a name, like a job's.
  const jobs = yaml.entries(kind === "action" ? root : yaml.at(root, "jobs"));
  const workflow: Workflow = {
    ...source,
    kind,
    role: "other",
    document,
    yaml,
    problems: walkable
      ? problems
      : [...problems, { line: 1, must: "not grow too large through its aliases" }],
    root,
    triggers: triggersOf(yaml, root, lineOf),
    jobs: jobs.flatMap(({ key, keyNode, value }) => {
      const node = kind === "action" && key !== "runs" ? undefined : yaml.map(value);
      return node ? [jobOf(yaml, key, lineOf(keyNode), node, lineOf)] : [];
    }),
    expressions: readExpressions(contents, targets, { text: source.text, lineAt }),
    lineOf,
  };
  return { ...workflow, role: roleOf(workflow) };
}

/** All files but those of the templates are classified by what they do. */
function roleOf(workflow: Workflow): Workflow["role"] {
  const template = templateRole(workflow);
  if (template) return template;
  if (!publishes(workflow)) return "other";
  const { branch, release } = publishingEvents(workflow);
  if (!branch && release) return "release";
  // What only others call publishes when they do, with what their files say.
  const isCalledOnly = [...workflow.triggers.keys()].every((event) => event === "workflow_call");
  return workflow.managed && isCalledOnly ? "other" : "ci";
}

function publishes(workflow: Workflow): boolean {
  const { kind, managed, yaml, root, jobs } = workflow;
  if (kind === "action") return false;
  // The fleet's own callers leave publishing to a workflow that is elsewhere.
  const calls = ({ uses, node }: Job) =>
    uses && yaml.at(node, "permissions") && mayWritePackages(yaml, root, node);
  return publishersOf(workflow).length > 0 || (managed && jobs.some(calls));
}

/** Whether branches, and whether releases or tags, start a workflow. */
function publishingEvents({ triggers, yaml }: Workflow) {
  const push = triggers.get("push");
  const onTags = yaml.keyNode(push?.settings, "tags") !== undefined;
  const onTagsOnly = onTags && yaml.keyNode(push?.settings, "branches") === undefined;
  return {
    branch: (push !== undefined && !onTagsOnly) || triggers.has("schedule"),
    release: triggers.has("release") || onTags,
  };
}

/**
 * What a file that the stack writes publishes: what the templates' ci.yml does, their release.yml, or both.
 *
 * @param readText called where the file's name does not say it
 */
export function publishesOn(path: string, readText: () => unknown): readonly ("ci" | "release")[] {
  const template = templateRole({ path, managed: true });
  if (template) return [template];
  const text = readText();
  if (typeof text !== "string") return [];
  const workflow = parseSource({ path, text, managed: true });
  if (workflow.role === "other") return [];
  const { branch, release } = publishingEvents(workflow);
  return [...(branch ? ["ci" as const] : []), ...(release ? ["release" as const] : [])];
}

function triggersOf(
  yaml: YamlReader,
  root: Node | undefined,
  lineOf: (node: Node | undefined) => number,
): Map<string, Trigger> {
  const on = yaml.at(root, "on");
  const names = [on, ...yaml.items(on)].flatMap((node) => {
    const name = textOf(node);
    return name === undefined ? [] : [[name, { line: lineOf(node), settings: undefined }] as const];
  });
  const settings = yaml
    .entries(on)
    .map(
      ({ key, keyNode, value }) =>
        [key, { line: lineOf(keyNode), settings: yaml.map(value) }] as const,
    );
  return new Map<string, Trigger>([...names, ...settings]);
}

function jobOf(
  yaml: YamlReader,
  id: string,
  line: number,
  node: Job["node"],
  lineOf: (node: Node) => number,
): Job {
  const steps = yaml.items(yaml.at(node, "steps")).flatMap((item): Step[] => {
    const step = yaml.map(item);
    if (!step) return [];
    const uses = stringScalar(yaml.at(step, "uses"));
    // https://github.com/nick-fields/retry#command runs its input like a step's own script.
    const script = /^nick-(?:fields|invision)\/retry@/i.test(uses?.value ?? "")
      ? yaml.at(step, "with", "command")
      : yaml.at(step, "run");
    return [{ node: step, line: lineOf(step), uses, run: stringScalar(script) }];
  });
  return { id, node, line, uses: stringScalar(yaml.at(node, "uses")), steps };
}

/**
 * How GitHub treats a file, by its path: the metadata of an action has a fixed name in any folder, except
 * in the folder of workflows, where it is a workflow.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
 */
function kindOfPath(path: string): "workflow" | "action" {
  const isAction = /(?:^|[\\/])action\.ya?ml$/.test(path);
  return isAction && !/\.github[\\/]workflows[\\/][^\\/]+$/.test(path) ? "action" : "workflow";
}
