import { BranchMoved } from "../../../src/github/contents/commit-files.ts";
import { explainFailure, explaining } from "../../../src/github/client/explain-failure.ts";
import type { GitHubClient } from "../../../src/github/client/github-client.ts";
import type { RepositorySnapshot } from "../../../src/github/repositories/repository-snapshot.ts";
import { UserError } from "../../../src/user-error.ts";
import { deliverFiles, undelivered } from "./deliver.ts";
import { workflowFilesProperties } from "../../../src/properties/workflow-files.ts";
import { checkInputs, keepSpelling } from "../../protocol/check-inputs.ts";
import { diffProperties } from "../../protocol/property-diff.ts";
import { pick, type Properties } from "../../protocol/property-values.ts";
import { readImportedFiles, readManagedFiles } from "./read.ts";
import type { RepositorySnapshots } from "../repository-snapshots.ts";
import type { ResourceContext, ResourceType } from "../../protocol/resource-type.ts";
import { whyUntouchable } from "../why-untouchable.ts";
import { blobsOf, isEmptyPlan, planFiles, toCommit, type FilePlan, type Files } from "./plan.ts";
import { filesId, nothingWritten, type WorkflowInputs, type Written } from "./inputs.ts";

/**
 * `ghcr:index:WorkflowFiles`: all managed workflow files of one repository.
 *
 * They are written in one signed commit, only if the branch has not moved since it was read, and
 * not at all where the branch already holds them.
 */
export function workflowFiles(github: GitHubClient, snapshots: RepositorySnapshots): ResourceType {
  return {
    properties: workflowFilesProperties,

    check: async (olds, news) =>
      checkInputs(workflowFilesProperties.args, keepSpelling(olds, news, ["owner", "repository"])),

    diff: (olds, news) => diffProperties(olds, news, ["owner", "repository"]),

    async create(properties, preview, context) {
      const inputs = properties as WorkflowInputs;
      return {
        id: filesId(inputs),
        state: await apply(github, snapshots, inputs, nothingWritten, preview, context),
      };
    },

    async read(id, state, inputs) {
      const known = Object.keys(inputs).length > 0 ? (inputs as WorkflowInputs) : undefined;
      const found = await explaining(`read the workflow files of ${id}`, () =>
        known
          ? readManagedFiles(github, snapshots, known)
          : readImportedFiles(github, snapshots, id),
      );
      if (!found) return undefined;
      // A person who imports files has looked at them.
      const blobs = known ? state["blobs"] : { ...blobsOf(found.files) };
      const isMerged = known !== undefined && holdsAll(found.files, known.files);
      const kept = pick(state, isMerged ? written : [...written, "pullRequestUrl"]);
      return { id: filesId(found), state: { ...found, blobs, ...kept }, inputs: found };
    },

    async update(_id, state, properties, preview, context) {
      const before = { ...nothingWritten, ...(state as WorkflowInputs) };
      const inputs = properties as WorkflowInputs;
      await warnOfFilesLeftBehind(snapshots, before, inputs.branch, context);
      const next = await apply(github, snapshots, inputs, before, preview, context);
      return { ...pick(state, ["commitSha", "commitUrl"]), ...next };
    },

    async delete(_id, state, context) {
      const inputs = state as unknown as WorkflowInputs;
      if (inputs.onRemove !== "delete") return;
      const { repository, branch } = inputs;
      const snapshot = await snapshots.get(inputs);
      const gone = snapshot?.head ? undefined : `it has no branch ${branch}`;
      const reason = whyUntouchable(repository, snapshot) ?? gone;
      if (reason) {
        context.warn(`the workflow files of ${filesId(inputs)} are left as they are: ${reason}`);
        return;
      }
      const before = { ...nothingWritten, ...state };
      await apply(github, snapshots, { ...inputs, files: {} }, before, false, context);
    },
  };
}

async function apply(
  github: GitHubClient,
  snapshots: RepositorySnapshots,
  inputs: WorkflowInputs,
  before: Written,
  preview: boolean,
  context: ResourceContext,
): Promise<Properties> {
  const what = `write the workflow files of ${filesId(inputs)}`;
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const snapshot = await explaining(what, () => look(snapshots, inputs));
    const plan = planFiles(snapshot, inputs.files, before.blobs);
    warnOfReplacements(plan, inputs, preview, context);
    for (const path of plan.kept) {
      context.warn(`${path} stays: somebody else edited it; delete it if it is not wanted`);
    }
    const isForeign = Object.keys(plan.replaces).length > 0;
    const replaced = isForeign ? { ...plan.replaces } : undefined;
    const base = { ...inputs, replaced, blobs: { ...blobsOf(inputs.files) } };
    // After an answer that was lost, the commit is there, or another one that wrote the same.
    const arrived = attempt > 0 && { commitSha: snapshot.head, commitUrl: undefined };
    if (isEmptyPlan(plan)) return { ...base, ...arrived };
    if (preview) return { ...base, ...undelivered(inputs) };
    try {
      context.status("committing");
      return {
        ...base,
        ...(await deliverFiles(github, inputs, toCommit(inputs, plan), before, context)),
      };
    } catch (error) {
      if (!(error instanceof BranchMoved)) throw explainFailure(error, what);
      context.status("the branch moved: reading it again");
    } finally {
      snapshots.forget(inputs);
    }
  }
  throw new UserError(`cannot ${what}: others keep pushing to ${inputs.branch}; run again later`);
}

async function look(
  snapshots: RepositorySnapshots,
  inputs: WorkflowInputs,
): Promise<RepositorySnapshot> {
  const snapshot = await snapshots.get(inputs);
  const where = filesId(inputs);
  if (!snapshot)
    throw new UserError(
      `${where} does not exist, or the admin token may not see it; if it was renamed, moved or deleted just now, run again`,
    );
  if (snapshot.archived)
    throw new UserError(`${where} is archived: unarchive it or take it out of the fleet`);
  if (!snapshot.head) {
    throw new UserError(
      snapshot.empty
        ? `${where} is empty: push a first commit, then run again`
        : `${where} has no branch ${inputs.branch}; its default branch is ${snapshot.defaultBranch}`,
    );
  }
  return snapshot;
}

/** Text of others is never replaced silently: the warning says how to get it back. */
function warnOfReplacements(
  plan: FilePlan,
  inputs: WorkflowInputs,
  preview: boolean,
  context: ResourceContext,
): void {
  for (const path of Object.keys(plan.replaces)) {
    context.warn(
      `${path} was written by somebody else and ${preview ? "will be" : "is"} replaced; ` +
        `its text stays in the history: git show ${plan.head.slice(0, 12)}:${path}`,
    );
  }
}

/**
 * Says which files stay on a branch that is no longer the one to publish from: pushes to it start
 * them as before.
 *
 * @param before where the files were written last
 */
async function warnOfFilesLeftBehind(
  snapshots: RepositorySnapshots,
  before: WorkflowInputs,
  branch: string,
  context: ResourceContext,
): Promise<void> {
  if (before.branch === branch) return;
  const present = (await snapshots.get(before))?.workflows;
  const left = Object.keys(before.files).filter((path) => present?.has(path));
  if (left.length === 0) return;
  context.warn(
    `${left.join(" and ")} stay on ${before.branch}, whose pushes go on publishing; ` +
      "delete them there if that is not wanted",
  );
}

function holdsAll(present: Files, wanted: Files): boolean {
  return Object.entries(wanted).every(([path, text]) => present[path] === text);
}

/** What a write leaves besides the inputs. */
const written = ["commitSha", "commitUrl", "replaced"];
