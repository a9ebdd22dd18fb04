import type {
  DisablePullRequestAutoMergeInput,
  EnablePullRequestAutoMergeInput,
} from "@octokit/graphql-schema";
import { disableAutoMerge, enableAutoMerge } from "../../world/discussions/auto-merge.ts";
import type { MergeMethod } from "../../world/discussions/pull-requests.ts";
import { nodeOf, payload, refuseInput } from "../core/mutation-input.ts";
import { graphqlError, type Resolvers } from "../core/resolver.ts";
import { writable } from "../core/writable.ts";

export const autoMergeMutations: Resolvers<undefined> = {
  enablePullRequestAutoMerge: (_, args, context) => {
    const input = args.input as EnablePullRequestAutoMergeInput;
    refuseInput({ ...input }, "authorEmail");
    const node = nodeOf(context, input.pullRequestId, "PullRequest");
    const repository = writable(context, node, "EnablePullRequestAutoMerge");
    const { pull } = node;
    if (input.expectedHeadOid != null && input.expectedHeadOid !== pull.head.sha) {
      throw graphqlError("UNPROCESSABLE", "Head sha didn't match expected head sha");
    }
    enableAutoMerge(context.world, repository, pull, {
      method: (input.mergeMethod ?? "MERGE").toLowerCase() as MergeMethod,
      enabledBy: context.actor.login,
      headline: input.commitHeadline ?? null,
      body: input.commitBody ?? null,
    });
    return payload(input, { pullRequest: node });
  },
  disablePullRequestAutoMerge: (_, args, context) => {
    const input = args.input as DisablePullRequestAutoMergeInput;
    const node = nodeOf(context, input.pullRequestId, "PullRequest");
    writable(context, node, "DisablePullRequestAutoMerge");
    disableAutoMerge(context.world, node.pull);
    return payload(input, { pullRequest: node });
  },
};
