import { isMap, Scalar } from "yaml";
import type { Document, YAMLMap } from "yaml";
import { lacking } from "../../github-host.ts";
import { inertScalar } from "./inert-scalar.ts";
import { stepOf } from "./template.ts";
import type { WorkflowOptions } from "./workflow-options.ts";

/**
 * Lets pushes to the default branch, and no other, publish the CI image. Where it has a merge queue, its
 * groups are built, too: a required check that does not run for them keeps everything in the queue.
 * https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/configuring-pull-request-merges/managing-a-merge-queue#triggering-merge-group-checks-with-github-actions
 */
export function setTriggers(
  workflow: Document,
  { defaultBranch, mergeQueue = false }: WorkflowOptions,
): void {
  const branch = inertScalar(branchPattern(defaultBranch));
  workflow.setIn(["on", "push", "branches"], workflow.createNode([branch]));
  if (!mergeQueue) workflow.deleteIn(["on", "merge_group"]);
}

/** Gives the job of ci.yml, and so its check, another name. */
export function setJobName(workflow: Document, { jobName }: WorkflowOptions): void {
  if (jobName !== undefined) workflow.setIn(["jobs", "image", "name"], inertScalar(jobName));
}

/**
 * The filter pattern that matches this branch and no other.
 *
 * Git allows only two of the characters with a meaning in a pattern in a name: `+` and `!`.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet
 */
function branchPattern(branch: string): string {
  return branch.replace(/[+!]/g, String.raw`\$&`);
}

/**
 * Whether releases are attested: private repositories need Enterprise Cloud for that, and an Enterprise Server has
 * no attestations.
 * https://docs.github.com/en/actions/concepts/security/artifact-attestations
 */
export function isAttested({ visibility, host }: WorkflowOptions): boolean {
  return visibility === "public" && lacking(host, "artifact attestations") === undefined;
}

/**
 * Lists the image of a release on the organisation's page of linked artifacts.
 * https://docs.github.com/en/code-security/how-tos/secure-your-supply-chain/establish-provenance-and-integrity/upload-linked-artifacts
 */
export function recordStorage(job: YAMLMap): void {
  const granted = new Scalar("write");
  granted.comment = " list the image on the organisation's page of linked artifacts";
  permissionsOf(job).set(new Scalar("artifact-metadata"), granted);
  const inputs = stepOf(job, "attest").get("with");
  if (!isMap(inputs)) throw new Error("the step that attests has no inputs");
  inputs.set("create-storage-record", new Scalar(true));
}

/** Takes back the permissions that only an attestation needs. */
export function dropAttestationPermissions(job: YAMLMap): void {
  const permissions = permissionsOf(job);
  for (const name of ["id-token", "attestations", "artifact-metadata"]) permissions.delete(name);
}

function permissionsOf(job: YAMLMap): YAMLMap {
  const permissions = job.get("permissions");
  if (!isMap(permissions)) throw new Error("the template's job has no permissions");
  return permissions;
}
