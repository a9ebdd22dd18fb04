import type { Document, Scalar } from "yaml";
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
import type { CentralWorkflow, WorkflowOptions } from "./workflow-options.ts";
import {
  dropAttestationPermissions,
  imageName,
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
export function centralWorkflows(secretName: string): Readonly<Record<string, Document>> {
  const [plain, attested] = [centralPublish(secretName), centralPublish(secretName)];
  removeStep(jobOf(plain), "attest");
  dropAttestationPermissions(jobOf(plain));
  attested.set("name", "publish-attested");
  return { [publishFile.plain]: plain, [publishFile.attested]: attested };
}

function centralPublish(secretName: string): Document {
  const workflow = loadTemplate("publish.yml");
  renameSecret(workflow, secretName);
  pinActions(workflow);
  setInput(stepOf(jobOf(workflow), "qemu"), "image", inertScalar(emulatorImage));
  return workflow;
}

function setCall(workflow: Document, options: WorkflowOptions, uses: Scalar<string>): void {
  renameSecret(workflow, options.secretName);
  const job = jobOf(workflow);
  const { runner, emulated } = sharedBuild(options);
  job.set("uses", uses);
  setInput(job, "image", inertScalar(imageName(options, options)));
  setInput(job, "context", inertScalar(options.context));
  setInput(job, "dockerfile", inertScalar(options.dockerfile));
  setInput(job, "platforms", inertScalar(options.platforms.join(",")));
  setInput(job, "emulate", inertScalar(emulated.join(",")));
  setInput(job, "build-args", literalBlock(buildArgLines(options.buildArgs)));
  setInput(job, "runner", inertScalar(runner));
  job.setIn(["with", "timeout-minutes"], options.timeoutMinutes);
}

/**
 * The build of the one image that the central workflow builds on one runner.
 *
 * @throws {RangeError} the options ask for what it cannot do
 */
function sharedBuild(options: WorkflowOptions): { runner: string; emulated: readonly string[] } {
  const [build, ...others] = buildsByRunner(options);
  const isPlain = others.length === 0 && !options.images && !options.target && Object.keys(options.secrets ?? {}).length === 0;
  if (build && isPlain && typeof build.runner === "string") return { ...build, runner: build.runner };
  throw new RangeError(
    `${options.owner}/${options.repository}: the central workflow builds one image on one runner, without target and secrets; write whole workflows`,
  );
}

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
