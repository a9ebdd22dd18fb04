import {
  BranchMoved,
  BranchProtected,
  commitFiles,
  type FileCommit,
} from "../../../src/github/contents/commit-files.ts";
import { explainFailure, explaining } from "../../../src/github/client/explain-failure.ts";
import type { GitHubClient } from "../../../src/github/client/github-client.ts";
import { findProposal, proposeFiles } from "../../../src/github/pull-requests/propose-files.ts";
import type { RepositorySnapshot } from "../../../src/github/repositories/repository-snapshot.ts";
import { UserError } from "../../../src/user-error.ts";
import { unknownValue, type Properties } from "../../protocol/property-values.ts";
import type { ResourceContext } from "../../protocol/resource-type.ts";
import type { RepositorySnapshots } from "../repository-snapshots.ts";
import { filesId, type BranchAccess, type PublishingInputs, type Written } from "./inputs.ts";

/** What a branch needs in its current state. */
export interface BranchPlan {
  /** Absent when the branch is right. */
  readonly commit: FileCommit | undefined;
  /** The state once the branch is right. */
  readonly done: Properties;
  /** How the state differs until the pull request is merged. */
  readonly offered: Properties;
}

/**
 * Writes a plan for a branch in one signed commit or one pull request. If somebody pushes meanwhile,
 * the branch is read and planned again.
 */
export async function writeToBranch(
  { github, snapshots }: BranchAccess,
  inputs: PublishingInputs,
  before: Written,
  preview: boolean,
  context: ResourceContext,
  makePlan: (snapshot: RepositorySnapshot) => Promise<BranchPlan>,
): Promise<Properties> {
  const what = `write the workflow files of ${filesId(inputs)}`;
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const snapshot = await explaining(what, () => readBranch(snapshots, inputs));
    const { commit, done, offered } = await makePlan(snapshot);
    // If the answer was lost, the commit is there, or another one with the same content.
    const arrived = attempt > 0 && { commitSha: snapshot.head, commitUrl: undefined };
    if (!commit) return { ...done, ...arrived };
    if (preview) {
      return inputs.delivery === "commit"
        ? { ...done, commitSha: unknownValue, commitUrl: unknownValue }
        : { ...done, ...offered, pullRequestUrl: unknownValue };
    }
    try {
      context.status("committing");
      const delivered = await deliver(github, inputs, commit, before, context);
      return "pullRequestUrl" in delivered
        ? { ...done, ...offered, ...delivered }
        : { ...done, ...delivered };
    } catch (error) {
      if (!(error instanceof BranchMoved)) throw explainFailure(error, what);
      context.status("the branch moved: reading it again");
    } finally {
      snapshots.forget(inputs);
    }
  }
  throw new UserError(`cannot ${what}: others keep pushing to ${inputs.branch}; run again later`);
}

/** @throws {UserError} the branch does not exist or cannot be written to */
export async function readBranch(
  snapshots: RepositorySnapshots,
  inputs: Pick<PublishingInputs, "owner" | "repository" | "branch">,
): Promise<RepositorySnapshot> {
  const snapshot = await snapshots.get(inputs);
  const where = filesId(inputs);
  if (!snapshot)
    throw new UserError(
      `${where} does not exist, or the admin token may not see it; if it was renamed, moved or deleted just now, run again`,
    );
  if (snapshot.archived)
    throw new UserError(`${where} is archived: unarchive it or remove it from the fleet`);
  if (!snapshot.head) {
    throw new UserError(
      snapshot.empty
        ? `${where} is empty: push a first commit, then run again`
        : `${where} has no branch ${inputs.branch}; its default branch is ${snapshot.defaultBranch}`,
    );
  }
  return snapshot;
}

/** One signed commit, or a pull request if the fleet wants one or the branch's rules forbid the commit. */
async function deliver(
  github: GitHubClient,
  { delivery }: PublishingInputs,
  commit: FileCommit,
  before: Written,
  context: ResourceContext,
): Promise<{ commitSha: string; commitUrl: string } | { pullRequestUrl: string }> {
  if (delivery === "pull-request") {
    return offer(await proposeFiles(github, commit), commit, before, context);
  }
  const offered = before.pullRequestUrl && (await findProposal(github, commit));
  if (offered) return offer(offered, commit, before, context);
  try {
    const { oid, url } = await commitFiles(github, commit);
    return { commitSha: oid, commitUrl: url };
  } catch (error) {
    if (!(error instanceof BranchProtected)) throw error;
    context.status("the branch is protected: opening a pull request");
    return offer(await proposeFiles(github, commit), commit, before, context);
  }
}

function offer(
  pullRequestUrl: string,
  { branch, additions }: FileCommit,
  before: Written,
  context: ResourceContext,
): { pullRequestUrl: string } {
  const aim = Object.keys(additions).length > 0 ? "add the files" : "remove the files";
  context.warn(`merge ${pullRequestUrl} to ${aim}; ${branch} itself was not written to`);
  if (before.pullRequestUrl !== undefined && before.pullRequestUrl !== pullRequestUrl) {
    context.warn(`${before.pullRequestUrl} is out of date; close it if it is still open`);
  }
  return { pullRequestUrl };
}
