import type { Document, Scalar } from "yaml";
import { imageAddress } from "../../image-address.ts";
import { sharedInputs } from "../../fleet/fleet.ts";
import { emulatorImage } from "./action-pins.ts";
import { buildArgLines } from "./build-args.ts";
import { inertScalar, literalBlock } from "./inert-scalar.ts";
import { buildsByRunner } from "./runners.ts";
import {
  jobOf,
  loadTemplate,
  pinActions,
  removeStep,
  renameSecret,
  setInput,
  stepOf,
} from "./template.ts";
import type { CentralWorkflow, ImageOptions, SharedOptions, WorkflowOptions } from "./workflow-options.ts";
import {
  dropAttestationPermissions,
  isAttested,
  setJobName,
  setTriggers,
} from "./workflow-settings.ts";

/** ci.yml that hands the work to the central workflow. */
export function callerCi(options: WorkflowOptions, central: CentralWorkflow): Document {
  const workflow = loadTemplate("ci-caller.yml", options);
  setTriggers(workflow, options);
  setJobName(workflow, options);
  setCall(workflow, options, callee(publishFile.plain, central));
  return workflow;
}

/** release.yml that hands the work to the central workflow. */
export function callerRelease(options: WorkflowOptions, central: CentralWorkflow): Document {
  const workflow = loadTemplate("release-caller.yml", options);
  if (isAttested(options)) {
    setCall(workflow, options, callee(publishFile.attested, central));
  } else {
    setCall(workflow, options, callee(publishFile.plain, central));
    dropAttestationPermissions(jobOf(workflow));
  }
  return workflow;
}

/** Files of the central repository, by what the callers' jobs may do. */
const publishFile = { plain: "publish.yml", attested: "publish-attested.yml" } as const;

/**
 * What all callers share, by file name: the same workflow twice, because GitHub refuses a call whose
 * job asks for more permissions than its caller grants, even where a condition would skip the step.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations#access-and-permissions
 */
export function centralWorkflows(options: SharedOptions): Readonly<Record<string, Document>> {
  const [plain, attested] = [centralPublish(options), centralPublish(options)];
  removeStep(jobOf(plain), "attest");
  dropAttestationPermissions(jobOf(plain));
  attested.set("name", "publish-attested");
  return { [publishFile.plain]: plain, [publishFile.attested]: attested };
}

function centralPublish(options: SharedOptions): Document {
  const workflow = loadTemplate("publish.yml", options);
  renameSecret(workflow, options.secretName);
  pinActions(workflow);
  setInput(stepOf(jobOf(workflow), "qemu"), "image", inertScalar(emulatorImage));
  const { runner, emulated } = sharedBuild(options);
  setDefault(workflow, "context", inertScalar(options.context));
  setDefault(workflow, "dockerfile", inertScalar(options.dockerfile));
  setDefault(workflow, "platforms", inertScalar(options.platforms.join(",")));
  setDefault(workflow, "emulate", inertScalar(emulated.join(",")));
  const lines = literalBlock(buildArgLines(options.buildArgs));
  setDefault(workflow, "build-args", lines.value === "" ? inertScalar("") : lines);
  setDefault(workflow, "runner", inertScalar(runner));
  workflow.setIn([...inputPath("timeout-minutes"), "default"], options.timeoutMinutes);
  return workflow;
}

function inputPath(input: string): string[] {
  return ["on", "workflow_call", "inputs", input];
}

function setDefault(workflow: Document, input: string, value: Scalar<string>): void {
  workflow.setIn([...inputPath(input), "default"], value);
}

function setCall(workflow: Document, options: WorkflowOptions, uses: Scalar<string>): void {
  renameSecret(workflow, options.secretName);
  const job = jobOf(workflow);
  const { runner, emulated } = sharedBuild(options);
  job.set("uses", uses);
  setInput(job, "image", inertScalar(imageAddress(options, options.image)));
  const passed = new Set(options.passed ?? sharedInputs);
  const set = (input: string, isPassed: boolean, value: Scalar<string> | number) => {
    if (isPassed) job.setIn(["with", input], value);
    else job.deleteIn(["with", input]);
  };
  const lines = literalBlock(buildArgLines(options.buildArgs));
  // What is emulated depends on both.
  const isEmulating = passed.has("platforms") || passed.has("runner");
  set("context", passed.has("context"), inertScalar(options.context));
  set("dockerfile", passed.has("dockerfile"), inertScalar(options.dockerfile));
  set("platforms", isEmulating, inertScalar(options.platforms.join(",")));
  set("emulate", isEmulating, inertScalar(emulated.join(",")));
  set("build-args", passed.has("buildArgs"), lines.value === "" ? inertScalar("") : lines);
  set("runner", isEmulating, inertScalar(runner));
  set("timeout-minutes", passed.has("timeoutMinutes"), options.timeoutMinutes);
}

/**
 * The build of the one image that the central workflow builds on one runner; the fleet asks for nothing else.
 *
 * @throws {RangeError} the options ask for what it cannot do
 */
function sharedBuild(options: SharedBuild): { runner: string; emulated: readonly string[] } {
  const [build, ...others] = buildsByRunner(options);
  const hasOthers = others.length > 0 || options.images || options.target;
  const hasSecrets = Object.keys(options.secrets ?? {}).length > 0;
  if (build && !hasOthers && !hasSecrets && typeof build.runner === "string") {
    return { ...build, runner: build.runner };
  }
  throw new RangeError(
    "the shared workflow builds one image on one runner, without target and secrets; write whole workflows",
  );
}

type SharedBuild = Omit<ImageOptions, "image"> & Pick<WorkflowOptions, "images">;

/**
 * The reference to the central workflow. A branch or tag is on purpose: one commit there changes
 * the whole fleet, so the rule for pinned commits is switched off there.
 * https://docs.github.com/en/actions/how-tos/reuse-automations/reuse-workflows#calling-a-reusable-workflow
 */
function callee(file: string, { repository, ref, version }: CentralWorkflow): Scalar<string> {
  const scalar = inertScalar(`${repository}/.github/workflows/${file}@${ref}`);
  if (/^[0-9a-f]{40}$/.test(ref)) {
    if (version) scalar.comment = ` ${version}`;
  } else {
    scalar.comment =
      " zizmor: ignore[unpinned-uses] the organisation's own, one commit there serves all";
  }
  return scalar;
}
