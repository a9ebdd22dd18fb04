import {
  BranchProtected,
  commitFiles,
  type FileCommit,
} from "../../../src/github/contents/commit-files.ts";
import type { GitHubClient } from "../../../src/github/client/github-client.ts";
import { findProposal, proposeFiles } from "../../../src/github/pull-requests/propose-files.ts";
import { unknownValue, type Properties } from "../../protocol/property-values.ts";
import type { ResourceContext } from "../../protocol/resource-type.ts";
import type { WorkflowInputs, Written } from "./inputs.ts";

/** What a delivery will write to the state, as far as a preview knows. */
export function undelivered({ delivery }: WorkflowInputs): Properties {
  return delivery === "commit"
    ? { commitSha: unknownValue, commitUrl: unknownValue }
    : { pullRequestUrl: unknownValue };
}

/** One signed commit, or a pull request if the fleet wants one or the branch's rules forbid the commit. */
export async function deliverFiles(
  github: GitHubClient,
  { delivery }: WorkflowInputs,
  commit: FileCommit,
  before: Written,
  context: ResourceContext,
): Promise<Properties> {
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

/** The branch holds what it held before until somebody merges. */
function offer(
  pullRequestUrl: string,
  { branch, additions }: FileCommit,
  { blobs }: Written,
  context: ResourceContext,
): Properties {
  const aim = Object.keys(additions).length > 0 ? "bring the files in" : "take the files out";
  context.warn(`merge ${pullRequestUrl} to ${aim}; ${branch} itself was not written to`);
  return { pullRequestUrl, blobs: { ...blobs } };
}
