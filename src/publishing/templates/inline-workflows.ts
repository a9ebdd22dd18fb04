import type { Document } from "yaml";
import { inertScalar } from "./inert-scalar.ts";
import { setJobs } from "./image-jobs.ts";
import { jobOf, jobsOf, loadTemplate, pinActions, removeStep, renameSecret } from "./template.ts";
import type { WorkflowOptions } from "./workflow-options.ts";
import {
  dropAttestationPermissions,
  isAttested,
  recordStorage,
  setTriggers,
} from "./workflow-settings.ts";

/** ci.yml, whole. */
export function inlineCi(options: WorkflowOptions): Document {
  const workflow = loadTemplate("ci.yml", options);
  setTriggers(workflow, options);
  if (options.pullRequestLogin !== "read") removeStep(jobOf(workflow), "pull-login");
  setJobs(workflow, options, "ci");
  finish(workflow, options);
  return workflow;
}

/** release.yml, whole. */
export function inlineRelease(options: WorkflowOptions): Document {
  const workflow = loadTemplate("release.yml", options);
  setEnvironment(workflow, options);
  if (!isAttested(options)) {
    removeStep(jobOf(workflow), "attest");
    dropAttestationPermissions(jobOf(workflow));
  } else if (options.storageRecord) recordStorage(jobOf(workflow));
  setJobs(workflow, options, "release");
  finish(workflow, options);
  return workflow;
}

function finish(workflow: Document, options: WorkflowOptions): void {
  renameSecret(workflow, options.secretName);
  pinActions(workflow);
  for (const job of jobsOf(workflow)) job.set("timeout-minutes", options.timeoutMinutes);
}

function setEnvironment(workflow: Document, { releaseEnvironment }: WorkflowOptions): void {
  const job = jobOf(workflow);
  if (releaseEnvironment === undefined) job.delete("environment");
  else job.set("environment", inertScalar(releaseEnvironment));
}
