import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import { isLimit } from "../client/explain-failure.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";

interface BranchPlace {
  readonly owner: string;
  readonly repository: string;
  readonly branch: string;
}

/** What a branch does with a direct commit. */
export interface BranchGuard {
  /** What forbids one, in words: `ruleset "protect main"`, `branch protection`. Empty: nothing does. */
  readonly forbiddenBy: readonly string[];
  /** Whether the owner of the token may bypass all of that. */
  readonly mayBypass: boolean;
}

/** Rules that a commit without pull request and checks breaks. */
const blocking = new Set([
  ...["pull_request", "required_status_checks", "merge_queue", "update"],
  ...["required_deployments", "workflows", "code_scanning"],
]);

const ruleSchema = z.object({ type: z.string(), ruleset_id: z.int() });
const rulesetSchema = z.object({
  name: z.string(),
  current_user_can_bypass: z.enum(["always", "pull_requests_only", "never", "exempt"]).optional(),
});
const branchSchema = z.object({ protected: z.boolean() });
const protectionSchema = z.object({
  required_pull_request_reviews: z.unknown().optional(),
  required_status_checks: z.unknown().optional(),
  restrictions: z.unknown().optional(),
  lock_branch: z.object({ enabled: z.boolean() }).optional(),
  enforce_admins: z.object({ enabled: z.boolean() }).optional(),
});

/**
 * Reads whether a branch takes a direct commit of the token's owner: rulesets of repository, organisation
 * and enterprise, and classic protection. Two requests for a branch without rules.
 *
 * @returns nothing where the token may not read the branch's protection
 * @see https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch
 * @see https://docs.github.com/en/rest/branches/branch-protection#get-branch-protection
 */
export async function readBranchGuard(
  github: GitHubClient,
  place: BranchPlace,
): Promise<BranchGuard | undefined> {
  const [ofRules, ofProtection] = await Promise.all([
    guardOfRules(github, place),
    guardOfProtection(github, place),
  ]);
  if (!ofProtection) return undefined;
  const guards = [...ofRules, ...ofProtection];
  return {
    forbiddenBy: guards.map(({ by }) => by),
    mayBypass: guards.every(({ mayBypass }) => mayBypass),
  };
}

interface Guard {
  readonly by: string;
  readonly mayBypass: boolean;
}

async function guardOfRules(
  github: GitHubClient,
  { owner, repository: repo, branch }: BranchPlace,
): Promise<Guard[]> {
  const route = "GET /repos/{owner}/{repo}/rules/branches/{branch}";
  // Plans without rulesets for private repositories answer 403.
  const data = await ifReadable([403], () =>
    github.request(route, { owner, repo, branch, per_page: 100 }),
  );
  const rules = parseAnswer(z.array(ruleSchema), data ?? [], "the rules of a branch");
  const ids = new Set(
    rules.filter(({ type }) => blocking.has(type)).map((rule) => rule.ruleset_id),
  );
  return Promise.all(
    [...ids].map(async (ruleset_id): Promise<Guard> => {
      const found = await ifReadable([403, 404], () =>
        github.request("GET /repos/{owner}/{repo}/rulesets/{ruleset_id}", {
          owner,
          repo,
          ruleset_id,
        }),
      );
      if (found === undefined) return { by: "a ruleset", mayBypass: false };
      const { name, current_user_can_bypass: may } = parseAnswer(
        rulesetSchema,
        found,
        "the ruleset",
      );
      return { by: `ruleset "${name}"`, mayBypass: may === "always" || may === "exempt" };
    }),
  );
}

async function guardOfProtection(
  github: GitHubClient,
  { owner, repository: repo, branch }: BranchPlace,
): Promise<Guard[] | undefined> {
  const place = { owner, repo, branch };
  const { data } = await github.request("GET /repos/{owner}/{repo}/branches/{branch}", place);
  if (!parseAnswer(branchSchema, data, "the branch").protected) return [];
  try {
    const answer = await github.request(
      "GET /repos/{owner}/{repo}/branches/{branch}/protection",
      place,
    );
    const protection = parseAnswer(protectionSchema, answer.data, "the protection of a branch");
    const { required_pull_request_reviews: reviews, required_status_checks: checks } = protection;
    const forbids = reviews ?? checks ?? protection.restrictions ?? protection.lock_branch?.enabled;
    if (!forbids) return [];
    // Only administrators may read the protection.
    return [{ by: "branch protection", mayBypass: protection.enforce_admins?.enabled !== true }];
  } catch (error) {
    if (!(error instanceof RequestError) || isLimit(error)) throw error;
    // A branch that only rulesets protect.
    if (error.status === 404 && /not protected/i.test(error.message)) return [];
    if ([403, 404].includes(error.status)) return undefined;
    throw error;
  }
}

async function ifReadable(
  refusals: readonly number[],
  ask: () => Promise<{ readonly data: unknown }>,
): Promise<unknown> {
  try {
    return (await ask()).data;
  } catch (error) {
    if (error instanceof RequestError && refusals.includes(error.status) && !isLimit(error))
      return undefined;
    throw error;
  }
}
