import { listed } from "../../format-text.ts";
import { explainFailure } from "../../github/client/explain-failure.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import { createReadPace } from "../../github/client/pace/read-pace.ts";
import { readBranchGuard } from "../../github/repositories/branch-guard.ts";
import { repositoryWith } from "./file-texts.ts";
import type { PlannedChange } from "./planned-changes.ts";
import type { Delivery } from "./stack-preview.ts";

/**
 * How the files of each repository that changes would reach its branch. The rules of a branch are read only
 * where a commit is wanted.
 *
 * @returns by repository; the empty name is of the shared workflow
 */
export async function readDeliveries(
  github: GitHubClient,
  changes: readonly PlannedChange[],
): Promise<ReadonlyMap<string, Delivery>> {
  const pace = createReadPace();
  const found = changes.flatMap(({ repository: group = "", files, step }) => {
    const { owner, branch, delivery } = (step.after ?? step.before)?.inputs ?? {};
    const repository = repositoryWith(step);
    if (repository === undefined || files.length === 0) return [];
    if (typeof owner !== "string" || typeof branch !== "string") return [];
    const place = { owner, repository, branch };
    return [
      (async (): Promise<[string, Delivery]> =>
        delivery === "pull-request"
          ? [group, { by: "pull-request", branch, why: "delivery: pull-request" }]
          : [group, await pace(() => deliveryTo(github, place))])(),
    ];
  });
  return new Map(await Promise.all(found));
}

async function deliveryTo(
  github: GitHubClient,
  place: Parameters<typeof readBranchGuard>[1],
): Promise<Delivery> {
  const { branch } = place;
  try {
    const guard = await readBranchGuard(github, place);
    if (!guard) {
      const why = "this token may not read the branch's protection";
      return { by: "unknown", branch, why };
    }
    const why = listed(guard.forbiddenBy);
    if (why === "") return { by: "commit", branch };
    return guard.mayBypass ? { by: "bypass", branch, why } : { by: "pull-request", branch, why };
  } catch (error) {
    return { by: "unknown", branch, why: explainFailure(error, "read its rules").message };
  }
}
