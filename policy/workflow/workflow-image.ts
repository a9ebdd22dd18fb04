import type { WorkflowFinding, WorkflowRule } from "../rule.ts";
import { soleExpression } from "./expressions.ts";
import { parseUses, runsAction } from "./uses.ts";
import type { Step, Workflow } from "./workflow.ts";
import { textOf } from "./yaml-nodes.ts";

const shaped =
  "Files that the fleet manages, and ci.yml and release.yml that publish to ghcr.io. Jobs that call a reusable workflow are judged where that file is.";

/** Whoever can write a cache, which any branch can, could choose what a release is made of. */
export const workflowReleaseNoCache: WorkflowRule = {
  kind: "workflow",
  id: "workflow-release-no-cache",
  level: "mandatory",
  severity: "high",
  description: "A release neither reads nor writes a cache.",
  remediation:
    "Set no-cache: true at the build, leave out cache-from and cache-to, and switch off the caches of the set-up actions (cache-binary, cache-image).",
  source:
    "https://docs.github.com/en/actions/reference/workflows-and-actions/dependency-caching#restrictions-for-accessing-a-cache",
  sees: "release.yml of the fleet, or that publishes to ghcr.io.",
  *judge(workflow) {
    if (workflow.role !== "release") return;
    for (const step of stepsOf(workflow)) yield* judgeCaches(workflow, step);
  },
};

function* judgeCaches(workflow: Workflow, step: Step): Iterable<WorkflowFinding> {
  const { line } = step;
  const input = (name: string) => inputOf(workflow, step, name);
  const uses = parseUses(step.uses?.value ?? "");
  if (uses.kind !== "action") return;
  const action = uses.repository.toLowerCase();
  if (action === "actions/cache") yield { line, must: "use no cache" };
  if (action.startsWith("actions/setup-") && input("cache"))
    yield { line, must: "set up languages without a cache" };
  if (action === "docker/setup-buildx-action" && input("cache-binary") !== "false")
    yield { line, must: "set cache-binary: false at docker/setup-buildx-action" };
  if (action === "docker/setup-qemu-action" && input("cache-image") !== "false")
    yield { line, must: "set cache-image: false at docker/setup-qemu-action" };
  if (action !== "docker/build-push-action") return;
  if (input("no-cache") !== "true") yield { line, must: "build with no-cache: true" };
  if (input("cache-from") || input("cache-to"))
    yield { line, must: "build without cache-from and cache-to" };
}

/** GHCR links a package to the repository that this label names, and its access follows. */
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
    if (role === "other" && !managed) return;
    const builds = buildsOf(workflow);
    if (role !== "other" && builds.length === 0 && !jobs.some(({ uses }) => uses))
      yield { line: 1, must: "build with docker/build-push-action, with labels" };
    for (const build of builds) {
      const labels = inputOf(workflow, build, "labels") ?? "";
      if (!labels.includes("org.opencontainers.image.source=") && !isMetadata(workflow, labels))
        yield { line: build.line, must: "label images with org.opencontainers.image.source" };
    }
  },
};

/** Whether these are the labels of a step with docker/metadata-action, which knows the source. */
function isMetadata(workflow: Workflow, labels: string): boolean {
  const id = /^steps\.([\w-]+)\.outputs\.labels$/.exec(soleExpression(labels) ?? "")?.[1];
  return stepsOf(workflow).some(
    (step) =>
      id !== undefined &&
      textOf(workflow.yaml.at(step.node, "id")) === id &&
      runsAction(step, "docker/metadata-action"),
  );
}

interface ProvenanceThresholds {
  readonly publicRepositories: readonly string[];
}

/** Who got an image can tell from what it was built, and that it was built here. */
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
  sees: `${shaped} That a repository is public stands in no workflow: name those to be attested in publicRepositories.`,
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
    for (const build of buildsOf(workflow)) {
      const provenance = inputOf(workflow, build, "provenance");
      const sbom = inputOf(workflow, build, "sbom");
      if (provenance === undefined || provenance === "false")
        yield { line: build.line, must: "build with provenance" };
      if (role === "release" && (sbom === undefined || sbom === "false"))
        yield { line: build.line, must: "build releases with sbom: true" };
    }
    const attested = stepsOf(workflow).some(({ uses }) =>
      /^actions\/attest(?:-build-provenance)?@/i.test(uses?.value ?? ""),
    );
    const builds = buildsOf(workflow).length > 0;
    if (role === "release" && builds && !attested && publicRepositories.includes(repository ?? ""))
      yield { line: 1, must: "attest what it releases" };
  },
};

function stepsOf({ jobs }: Workflow): Step[] {
  return jobs.flatMap(({ steps }) => steps);
}

function buildsOf(workflow: Workflow): Step[] {
  return stepsOf(workflow).filter((step) => runsAction(step, "docker/build-push-action"));
}

function inputOf({ yaml }: Workflow, { node }: Step, name: string): string | undefined {
  return textOf(yaml.at(node, "with", name));
}
