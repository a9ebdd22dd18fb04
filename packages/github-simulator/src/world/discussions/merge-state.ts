import { rulesFor } from "../repositories/branch-rules.ts";
import { missingChecks } from "../repositories/checks.ts";
import { mergeTrees } from "../objects/merge-trees.ts";
import { branchHead } from "../objects/repository-git.ts";
import { missingReviews } from "./reviews.ts";
import type { PullRequest, Repository } from "../state/state.ts";
import type { World } from "../world.ts";

/** https://docs.github.com/en/graphql/reference/enums#mergestatestatus, which REST writes small */
export function mergeState(
  world: World,
  repository: Repository,
  pull: PullRequest,
): "unknown" | "draft" | "dirty" | "blocked" | "clean" {
  const base = branchHead(repository, pull.base.ref);
  if (pull.state === "closed" || base === undefined) return "unknown";
  if (pull.draft) return "draft";
  if (mergeTrees(repository, base, pull.head.sha) === undefined) return "dirty";
  const isBlocked =
    missingReviews(world, repository, pull) !== undefined ||
    rulesFor(world, repository, pull.base.ref).some(
      (rule) => missingChecks(world, repository, pull.head.sha, rule).length > 0,
    );
  return isBlocked ? "blocked" : "clean";
}
