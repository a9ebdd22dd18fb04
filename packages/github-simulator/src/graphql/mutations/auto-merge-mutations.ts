import type * as Schema from "@octokit/graphql-schema";
import { disableAutoMerge, enableAutoMerge } from "../../world/discussions/auto-merge.ts";
import { nodeOf, refuseInput, type Mutations } from "../core/mutation.ts";
import { graphqlError } from "../core/resolver.ts";
import { writable } from "../core/writable.ts";
import { methodOf } from "./discussion-mutations.ts";

export const autoMergeMutations = {
  enablePullRequestAutoMerge(input: Schema.EnablePullRequestAutoMergeInput, context) {
    refuseInput(input, "authorEmail");
    const node = nodeOf(context, input.pullRequestId, "PullRequest");
    const repository = writable(context, node);
    if (input.expectedHeadOid != null && input.expectedHeadOid !== node.pull.head.sha) {
      throw graphqlError("UNPROCESSABLE", "Head sha didn't match expected head sha");
    }
    enableAutoMerge(context.world, repository, node.pull, {
      method: methodOf(input.mergeMethod),
      enabledBy: context.actor.login,
      headline: input.commitHeadline ?? null,
      body: input.commitBody ?? null,
    });
    return { pullRequest: node };
  },
  disablePullRequestAutoMerge(input: Schema.DisablePullRequestAutoMergeInput, context) {
    const node = nodeOf(context, input.pullRequestId, "PullRequest");
    writable(context, node);
    disableAutoMerge(context.world, node.pull);
    return { pullRequest: node };
  },
} satisfies Mutations;
