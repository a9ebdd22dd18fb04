import type { Node, Pair, YAMLMap } from "yaml";
import type { WorkflowRule } from "../model/rule.ts";
import { expressionsIn, parseExpression, readsOf } from "../workflow/language/expressions.ts";
import type { Job, Workflow, WorkflowFinding } from "../workflow/workflow.ts";
import { textOf } from "../workflow/language/yaml-nodes.ts";

export interface Bounds {
  readonly maxMinutes: number;
  readonly privateRepositories: readonly string[];
}

/**
 * The image behind "-latest" changes; these are the images that it stood for at the time of writing.
 */
const fixedRunners: Readonly<Record<string, string>> = {
  "ubuntu-latest": "ubuntu-24.04",
  "windows-latest": "windows-2025",
  "macos-latest": "macos-15",
};

/**
 * A job without limits runs for six hours, twice at once, on whatever image the runner has that day.
 */
export const workflowBounded: WorkflowRule<Bounds> = {
  kind: "workflow",
  id: "workflow-bounded",
  level: "advisory",
  severity: "low",
  description:
    "Jobs have a timeout, a concurrency group and a fixed runner image; jobs of public repositories use no self-hosted runner.",
  remediation:
    "Set timeout-minutes, concurrency and a runner such as ubuntu-24.04; name private repositories with self-hosted runners in privateRepositories.",
  source:
    "https://docs.github.com/en/actions/reference/security/secure-use#hardening-for-self-hosted-runners",
  sees: "Every workflow file. A workflow does not say that its repository is private, so self-hosted runners are allowed by the repository's name.",
  thresholds: {
    properties: {
      maxMinutes: {
        type: "integer",
        minimum: 1,
        maximum: 360,
        default: 360,
        description: "The longest timeout of a job, in minutes.",
      },
      privateRepositories: {
        type: "array",
        items: { type: "string" },
        default: [],
        description: "Names of the repositories that may use self-hosted runners.",
      },
    },
  },
  *judge(workflow, bounds) {
    // The job that uses an action limits it.
    if (workflow.kind === "action") return;
    yield* judgeConcurrency(workflow);
    for (const job of workflow.jobs) {
      if (job.uses) continue;
      yield* judgeTimeout(workflow, job, bounds);
      yield* judgeRunner(workflow, job, bounds);
    }
  },
  remediate({ document, role, root, jobs, yaml, triggers }, { maxMinutes }) {
    for (const { node, uses } of jobs) {
      if (uses) continue;
      if (!yaml.at(node, "timeout-minutes")) {
        const timeout = document.createPair("timeout-minutes", Math.min(30, maxMinutes));
        insertBefore(node, "steps", timeout);
      }
      const fixed = fixedRunners[textOf(yaml.at(node, "runs-on")) ?? ""];
      if (fixed) node.set("runs-on", fixed);
    }
    if (yaml.at(root, "concurrency") || isOnlyCalled(triggers)) return;
    if (jobs.every(({ node }) => yaml.at(node, "concurrency"))) return;
    const group = "${{ github.workflow }}-${{ github.ref }}";
    // A newer commit makes an older build unnecessary; a release that has begun must finish.
    const pair = document.createPair("concurrency", { group, "cancel-in-progress": role === "ci" });
    if (root) insertBefore(root, "jobs", pair);
  },
};

function insertBefore({ items }: YAMLMap, key: string, pair: Pair): void {
  const place = items.findIndex((item) => textOf(item.key) === key);
  items.splice(place < 0 ? items.length : place, 0, pair);
}

function* judgeConcurrency({ yaml, root, jobs, triggers }: Workflow): Iterable<WorkflowFinding> {
  // The caller decides what may run at once.
  if (yaml.at(root, "concurrency") || isOnlyCalled(triggers)) return;
  for (const { node, line } of jobs) {
    if (!yaml.at(node, "concurrency")) yield { line, must: "have a concurrency group" };
  }
}

function isOnlyCalled(triggers: Workflow["triggers"]): boolean {
  return triggers.size === 1 && triggers.has("workflow_call");
}

function* judgeTimeout(
  { yaml, lineOf }: Workflow,
  { node, line }: Job,
  { maxMinutes }: Bounds,
): Iterable<WorkflowFinding> {
  const timeout = yaml.at(node, "timeout-minutes");
  if (!timeout) yield { line, must: "stop each job after a while, with timeout-minutes" };
  else if (Number(textOf(timeout)) > maxMinutes)
    yield { line: lineOf(timeout), must: `stop each job within ${maxMinutes} minutes` };
}

function* judgeRunner(
  workflow: Workflow,
  { node }: Job,
  { privateRepositories }: Bounds,
): Iterable<WorkflowFinding> {
  const { yaml, lineOf, repository } = workflow;
  for (const runner of runnersOf(workflow, yaml.at(node, "runs-on"))) {
    const labels = labelsOf(workflow, node, textOf(runner) ?? "");
    const line = lineOf(runner);
    if (labels.some((label) => label.endsWith("-latest")))
      yield { line, must: "run on a fixed image, not on the latest" };
    if (labels.includes("self-hosted") && !privateRepositories.includes(repository ?? ""))
      yield { line, must: "run on hosted runners, unless the repository is private" };
  }
}

/** The possible labels in the run: the texts in the expression, and the values of the matrix. */
function labelsOf({ yaml }: Workflow, job: YAMLMap, text: string): string[] {
  const expressions = expressionsIn(text);
  if (expressions.length === 0) return [text.toLowerCase()];
  const matrix = yaml.at(job, "strategy", "matrix");
  const rows = [matrix, ...yaml.items(yaml.at(matrix, "include"))];
  const chosen = expressions.flatMap((expression) =>
    readsOf(parseExpression(expression)).flatMap(({ path: [context, name] }) =>
      context === "matrix" && name !== undefined ? rows.map((row) => yaml.find(row, name)) : [],
    ),
  );
  return [...expressions, ...chosen.map(String)].flatMap(
    (each) => each.toLowerCase().match(/[\w.-]+/g) ?? [],
  );
}

/** One label, a list of labels, or a group with labels. */
function runnersOf({ yaml }: Workflow, runsOn: Node | undefined): readonly Node[] {
  const labels = yaml.at(runsOn, "labels") ?? runsOn;
  const listed = yaml.items(labels);
  return listed.length > 0 || !labels ? listed : [labels];
}
