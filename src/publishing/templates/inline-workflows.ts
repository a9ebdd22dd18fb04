import type { Document } from "yaml";
import { emulatorImage } from "./action-pins.ts";
import { buildArgLines } from "./build-args.ts";
import { emulatedArchitectures } from "./emulated-architectures.ts";
import { inertScalar, literalBlock } from "./inert-scalar.ts";
import {
  loadTemplate,
  pinActions,
  removeStep,
  renameSecret,
  setInput,
  stepOf,
} from "./template.ts";
import type { WorkflowOptions } from "./workflow-options.ts";
import {
  dropAttestationPermissions,
  imageName,
  isAttested,
  setJobName,
  setTriggers,
} from "./workflow-settings.ts";

/** ci.yml, whole. */
export function inlineCi(options: WorkflowOptions): Document {
  const workflow = loadTemplate("ci.yml", options);
  setTriggers(workflow, options);
  setJobName(workflow, options);
  setImageJob(workflow, options);
  if (options.pullRequestLogin !== "read") removeStep(workflow, "pull-login");
  return workflow;
}

/** release.yml, whole. */
export function inlineRelease(options: WorkflowOptions): Document {
  const workflow = loadTemplate("release.yml", options);
  setImageJob(workflow, options);
  setEnvironment(workflow, options);
  if (!isAttested(options)) {
    removeStep(workflow, "attest");
    dropAttestationPermissions(workflow);
  }
  return workflow;
}

function setImageJob(workflow: Document, options: WorkflowOptions): void {
  renameSecret(workflow, options.secretName);
  pinActions(workflow);
  workflow.setIn(["env", "IMAGE"], imageName(options));
  workflow.setIn(["jobs", "image", "runs-on"], inertScalar(options.runner));
  workflow.setIn(["jobs", "image", "timeout-minutes"], options.timeoutMinutes);
  setEmulation(workflow, options);

  const build = stepOf(workflow, "build");
  setInput(build, "context", inertScalar(options.context));
  setInput(build, "file", inertScalar(options.dockerfile));
  setInput(build, "platforms", inertScalar(options.platforms.join(",")));
  setInput(build, "build-args", literalBlock(buildArgLines(options.buildArgs)));
}

function setEnvironment(workflow: Document, { releaseEnvironment }: WorkflowOptions): void {
  const path = ["jobs", "image", "environment"];
  if (releaseEnvironment === undefined) workflow.deleteIn(path);
  else workflow.setIn(path, inertScalar(releaseEnvironment));
}

function setEmulation(workflow: Document, options: WorkflowOptions): void {
  const architectures = emulatedArchitectures(options);
  if (architectures.length === 0) {
    removeStep(workflow, "qemu");
    return;
  }
  const emulation = stepOf(workflow, "qemu");
  setInput(emulation, "image", inertScalar(emulatorImage));
  setInput(emulation, "platforms", inertScalar(architectures.join(",")));
}
