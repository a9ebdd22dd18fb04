import type { WorkflowRule } from "../model/rule.ts";
import { expressionsIn, parseExpression, readsOf } from "../workflow/language/expressions.ts";
import { publishersOf } from "../workflow/publishers.ts";
import { inputOf, isOn } from "../workflow/step-input.ts";
import { parseUses, runsAction } from "../workflow/language/uses.ts";
import { templateRole } from "../workflow/template-role.ts";
import type { Job, Step, Workflow, WorkflowFinding } from "../workflow/workflow.ts";
import { textOf } from "../workflow/language/yaml-nodes.ts";

const shaped =
  "Files that the fleet writes, and jobs of other files that publish to ghcr.io. A job that calls a reusable workflow is judged in the file of that workflow.";

/** Every branch can write a cache, so a cached release could contain code from any branch. */
export const workflowReleaseNoCache: WorkflowRule = {
  kind: "workflow",
  id: "workflow-release-no-cache",
  level: "mandatory",
  severity: "high",
  description: "A release neither reads nor writes a cache.",
  remediation:
    "Set no-cache: true at the build, leave out cache-from and cache-to, and switch off the caches of the set-up actions (cache-binary, cache-image, package-manager-cache).",
  source:
    "https://docs.github.com/en/actions/reference/workflows-and-actions/dependency-caching#restrictions-for-accessing-a-cache",
  sees: "The fleet's files for releases, and the publishing jobs of other files that run for releases and tags only.",
  *judge(workflow) {
    if (workflow.role !== "release") return;
    for (const { steps } of shapedJobs(workflow))
      for (const step of steps) yield* judgeCaches(workflow, step);
  },
};

/** Inputs that a release has to set, because the action caches by default. */
const cachesUnasked: Readonly<Record<string, readonly [input: string, value: string]>> = {
  "actions-rust-lang/setup-rust-toolchain": ["cache", "false"],
  "actions/setup-go": ["cache", "false"],
  "actions/setup-node": ["package-manager-cache", "false"],
  "astral-sh/setup-uv": ["enable-cache", "false"],
  "docker/bake-action": ["no-cache", "true"],
  "docker/build-push-action": ["no-cache", "true"],
  "docker/setup-buildx-action": ["cache-binary", "false"],
  "docker/setup-qemu-action": ["cache-image", "false"],
  "golangci/golangci-lint-action": ["skip-cache", "true"],
  "gradle/actions": ["cache-disabled", "true"],
  "jdx/mise-action": ["cache", "false"],
  "oven-sh/setup-bun": ["no-cache", "true"],
};

function* judgeCaches(workflow: Workflow, step: Step): Iterable<WorkflowFinding> {
  const { line } = step;
  const input = (name: string) => inputOf(workflow, step, name);
  const without = { line, must: "build without cache-from and cache-to" };
  if (/--cache-(?:from|to)\b/.test(step.run?.value ?? "")) yield without;
  const uses = parseUses(step.uses?.value ?? "");
  if (uses.kind !== "action") return;
  const action = uses.repository.toLowerCase();
  const asked = ["cache", "bundler-cache", "enable-cache"].some((name) => isOn(input(name)));
  if (asked || action.includes("cache")) yield { line, must: "use no cache" };
  const [name = "", value] = cachesUnasked[action] ?? [];
  if (input(name)?.toLowerCase() !== value && !(name === "cache" && isOn(input(name))))
    yield { line, must: `set ${name}: ${value ?? ""} at ${action}` };
  if (isOn(input("cache-from")) || isOn(input("cache-to"))) yield without;
  else if (/cache-(?:from|to)\b/.test(input("set") ?? "")) yield without;
}

/** GHCR links a package to the repository in this label, and takes over its access. */
export const workflowSourceLabel: WorkflowRule = {
  kind: "workflow",
  id: "workflow-source-label",
  level: "mandatory",
  severity: "medium",
  description: "Every image that is pushed carries the label org.opencontainers.image.source.",
  remediation: "Give the build the labels of a step with docker/metadata-action.",
  source:
    "https://docs.github.com/en/packages/learn-github-packages/connecting-a-repository-to-a-package#connecting-a-repository-to-a-container-image-using-the-command-line",
  sees: `${shaped} Labels in a Dockerfile are not seen.`,
  *judge(workflow) {
    const { role, managed, jobs } = workflow;
    const isTemplate = templateRole(workflow) !== undefined;
    if (role === "other" && !managed) return;
    const builds = buildsOf(workflow);
    if (isTemplate && builds.length === 0 && !jobs.some(({ uses }) => uses))
      yield { line: 1, must: "build with docker/build-push-action, with labels" };
    for (const { job, step } of builds) {
      const labels = inputOf(workflow, step, "labels") ?? "";
      if (!namesSource(labels) && !isMetadata(workflow, job, labels))
        yield { line: step.line, must: "label images with org.opencontainers.image.source" };
    }
  },
};

/** Whether a line, or an item between commas, sets the label to something. */
function namesSource(labels: string): boolean {
  return /(?:^|[\n,])\s*"?org\.opencontainers\.image\.source=\s*[^\s,"]/.test(labels);
}

/** Whether the labels are those of a step with docker/metadata-action, which knows the source. */
function isMetadata(workflow: Workflow, { steps }: Job, labels: string): boolean {
  const reads = expressionsIn(labels).flatMap((each) => readsOf(parseExpression(each)));
  const ids = reads.flatMap(({ path: [context, id, , output], shown }) =>
    context === "steps" && output === "labels" && shown ? [id] : [],
  );
  return steps.some(
    (step) =>
      ids.includes(textOf(workflow.yaml.at(step.node, "id"))?.toLowerCase()) &&
      runsAction(step, "docker/metadata-action"),
  );
}

interface ProvenanceThresholds {
  readonly publicRepositories: readonly string[];
}

/** Provenance shows from which commit and by which workflow an image was built. */
export const workflowProvenance: WorkflowRule<ProvenanceThresholds> = {
  kind: "workflow",
  id: "workflow-provenance",
  level: "advisory",
  severity: "medium",
  description:
    "Images carry provenance, releases also an SBOM, and releases of public repositories are attested.",
  remediation:
    "Set provenance: mode=max and sbom: true at the build of a release, and attest its digest with actions/attest.",
  source:
    "https://docs.github.com/en/actions/how-tos/secure-your-work/use-artifact-attestations/use-artifact-attestations",
  sees: `${shaped} A workflow does not say that its repository is public: name those to be attested in publicRepositories.`,
  thresholds: {
    properties: {
      publicRepositories: {
        type: "array",
        items: { type: "string" },
        default: [],
        description: "Names of the repositories whose releases must be attested.",
      },
    },
  },
  *judge(workflow, { publicRepositories }) {
    const { role, repository } = workflow;
    if (role === "other") return;
    for (const { step } of buildsOf(workflow)) {
      const { line } = step;
      if (!isOn(inputOf(workflow, step, "provenance")))
        yield { line, must: "build with provenance" };
      if (role === "release" && !isOn(inputOf(workflow, step, "sbom")))
        yield { line, must: "build releases with sbom: true" };
    }
    const attested = workflow.jobs
      .flatMap(({ steps }) => steps)
      .some(({ uses }) => /^actions\/attest(?:-build-provenance)?@/i.test(uses?.value ?? ""));
    const builds = buildsOf(workflow).length > 0;
    if (role === "release" && builds && !attested && publicRepositories.includes(repository ?? ""))
      yield { line: 1, must: "attest what it releases" };
  },
};

/** All jobs of a file that the fleet writes; of other files, the jobs that publish. */
function shapedJobs(workflow: Workflow): readonly Job[] {
  return workflow.managed ? workflow.jobs : publishersOf(workflow);
}

/** The builds that may push their result. */
function buildsOf(workflow: Workflow): { job: Job; step: Step }[] {
  const all = shapedJobs(workflow).flatMap((job) => job.steps.map((step) => ({ job, step })));
  return all.filter(({ step }) => {
    const outputs = inputOf(workflow, step, "outputs") ?? "";
    const pushes =
      isOn(inputOf(workflow, step, "push")) || /push=(?:true|\$\{\{)|registry/.test(outputs);
    return pushes && runsAction(step, "docker/build-push-action");
  });
}
