import type { Document, YAMLMap } from "yaml";
import { assertWorkflowOptions } from "./assert-workflow-options.ts";
import { branchPattern } from "./branch-pattern.ts";
import { buildArgLines } from "./build-args.ts";
import { emulatedArchitectures } from "./emulated-architectures.ts";
import { inertScalar, literalBlock } from "./inert-scalar.ts";
import {
  loadTemplate,
  pinActions,
  printTemplate,
  removeStep,
  renameSecret,
  stepOf,
} from "./template.ts";
import type { WorkflowOptions } from "./workflow-options.ts";

export { gitBlobId } from "./git-blob-id.ts";
export { workflowPatterns } from "./workflow-options.ts";
export type { WorkflowOptions } from "./workflow-options.ts";

/**
 * The two workflow files of one repository: text by path, each ending with a newline.
 *
 * Every option value reads back from the YAML as it went in. One that GitHub Actions would evaluate
 * is refused with a RangeError that lists all problems.
 */
export function renderWorkflows(options: WorkflowOptions): Readonly<Record<string, string>> {
  assertWorkflowOptions(options);
  return {
    ".github/workflows/ci.yml": printTemplate(ciWorkflow(options)),
    ".github/workflows/release.yml": printTemplate(releaseWorkflow(options)),
  };
}

function ciWorkflow(options: WorkflowOptions): Document {
  const workflow = loadTemplate("ci.yml");
  const branch = inertScalar(branchPattern(options.defaultBranch));
  workflow.setIn(["on", "push", "branches"], workflow.createNode([branch]));
  fillImageJob(workflow, options);
  return workflow;
}

function releaseWorkflow(options: WorkflowOptions): Document {
  const workflow = loadTemplate("release.yml");
  fillImageJob(workflow, options);
  if (options.visibility !== "public") {
    // Private repositories need Enterprise Cloud for attestations:
    // https://docs.github.com/en/actions/concepts/security/artifact-attestations
    removeStep(workflow, "attest");
    workflow.deleteIn(["jobs", "image", "permissions", "id-token"]);
    workflow.deleteIn(["jobs", "image", "permissions", "attestations"]);
  }
  return workflow;
}

function fillImageJob(workflow: Document, options: WorkflowOptions): void {
  renameSecret(workflow, options.secretName);
  pinActions(workflow);

  workflow.setIn(["env", "IMAGE"], `ghcr.io/${options.owner.toLowerCase()}/${options.image}`);
  workflow.setIn(["jobs", "image", "runs-on"], inertScalar(options.runner));
  workflow.setIn(["jobs", "image", "timeout-minutes"], options.timeoutMinutes);

  const emulated = emulatedArchitectures(options);
  if (emulated.length === 0) removeStep(workflow, "qemu");
  else setInput(stepOf(workflow, "qemu"), "platforms", emulated.join(","));

  const build = stepOf(workflow, "build");
  setInput(build, "context", inertScalar(options.context));
  setInput(build, "file", inertScalar(options.dockerfile));
  if (options.platforms.length === 0) build.deleteIn(["with", "platforms"]);
  else setInput(build, "platforms", options.platforms.join(","));
  const buildArgs = buildArgLines(options.buildArgs);
  if (buildArgs.length === 0) build.deleteIn(["with", "build-args"]);
  else setInput(build, "build-args", literalBlock(buildArgs));
}

function setInput(step: YAMLMap, input: string, value: unknown): void {
  step.setIn(["with", input], value);
}
