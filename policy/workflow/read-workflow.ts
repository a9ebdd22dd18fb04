import { LineCounter, parseDocument, type Node } from "yaml";
import { isWalkable, targetsOf } from "./aliases.ts";
import { githubProblems } from "./github-problems.ts";
import { kindOfPath } from "./kind-of-path.ts";
import { mayWritePackages } from "./may-write-packages.ts";
import { readExpressions } from "./read-expressions.ts";
import type { Job, Step, Trigger, Workflow, WorkflowSource } from "./workflow.ts";
import { readerOf, stringScalar, textOf, type YamlReader } from "./yaml-nodes.ts";
import { yamlProblems } from "./yaml-problems.ts";

/** The workflows read last: all rules judge a resource's files before the next resource comes. */
const recent: Workflow[] = [];
const mostRecent = 8;

/** Reads a file for the rules to judge: any text comes back as a workflow, with its problems. */
export async function readWorkflow(source: WorkflowSource): Promise<Workflow> {
  const known = recent.find((workflow) => isSame(workflow, source));
  if (known) return known;
  const read = parseSource(source);
  // GitHub's parser stumbles over the same mistakes in YAML, and says less about them.
  const problems =
    read.problems.length > 0 ? read.problems : await githubProblems(read.kind, source.text);
  const workflow = { ...read, problems };
  if (recent.length >= mostRecent) recent.shift();
  recent.push(workflow);
  return workflow;
}

function isSame(one: WorkflowSource, other: WorkflowSource): boolean {
  const fields = ["path", "managed", "owner", "repository", "branch", "text"] as const;
  return fields.every((field) => one[field] === other[field]);
}

/** The same without GitHub's verdict, and not shared: the document may be edited. */
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
  // The steps of an action stand where those of a job do, one level below a name.
  const jobs = yaml.entries(kind === "action" ? root : yaml.at(root, "jobs"));
  return {
    ...source,
    kind,
    role: roleOf(source, () => {
      const nodes = jobs.length > 0 ? jobs.map(({ value }) => yaml.map(value)) : [undefined];
      return nodes.some((job) => mayWritePackages(yaml, root, job));
    }),
    document,
    yaml,
    problems: walkable ? problems : [...problems, { line: 1, must: "not multiply by its aliases" }],
    root,
    triggers: triggersOf(yaml, root, lineOf),
    jobs: jobs.flatMap(({ key, keyNode, value }) => {
      const node = kind === "action" && key !== "runs" ? undefined : yaml.map(value);
      return node ? [jobOf(yaml, key, lineOf(keyNode), node, lineOf)] : [];
    }),
    expressions: readExpressions(contents, targets, { text: source.text, lineAt }),
    lineOf,
  };
}

/** Any secret but the job's own token. */
const otherSecret = /\bsecrets\s*(?:[[)}]|\.(?!\s*GITHUB_TOKEN\b)|:\s*inherit)/i;

/**
 * What the fleet expects of a file. Files that it does not manage are held to that only where they
 * have the name and may publish to GHCR: anybody may call a file ci.yml, and run an image in it.
 */
function roleOf(
  { path, text, managed }: WorkflowSource,
  mayWrite: () => boolean,
): Workflow["role"] {
  const name = /(?:^|\/)(ci|release)\.ya?ml$/.exec(path)?.[1];
  if (name === undefined) return "other";
  const publishes = /ghcr\.io/i.test(text) && (otherSecret.test(text) || mayWrite());
  if (!managed && !publishes) return "other";
  return name === "ci" ? "ci" : "release";
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
    const [uses, run] = [stringScalar(yaml.at(step, "uses")), stringScalar(yaml.at(step, "run"))];
    return [{ node: step, line: lineOf(step), uses, run }];
  });
  return { id, node, line, uses: stringScalar(yaml.at(node, "uses")), steps };
}
