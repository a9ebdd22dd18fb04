import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { readAnswer } from "../client/parse-answer.ts";
import { isRefusal, unlessRefused } from "../client/unless-refused.ts";

export interface BranchPlace {
  readonly owner: string;
  readonly repository: string;
  readonly branch: string;
}

/** What a branch does with a direct commit. */
interface BranchGuard {
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

async function guardOfRules(github: GitHubClient, place: BranchPlace): Promise<Guard[]> {
  const { owner, repository: repo } = place;
  const rules = await readBranchRules(github, place, z.array(ruleSchema));
  const ids = new Set(
    rules.filter(({ type }) => blocking.has(type)).map((rule) => rule.ruleset_id),
  );
  const route = "GET /repos/{owner}/{repo}/rulesets/{ruleset_id}";
  return Promise.all(
    [...ids].map(async (ruleset_id): Promise<Guard> => {
      const found = await unlessRefused([403, 404], () =>
        readAnswer(github, rulesetSchema, route, { owner, repo, ruleset_id }),
      );
      if (found === undefined) return { by: "a ruleset", mayBypass: false };
      const { name, current_user_can_bypass: may } = found;
      return { by: `ruleset "${name}"`, mayBypass: may === "always" || may === "exempt" };
    }),
  );
}

/**
 * The rules of a branch, those of repository, organisation and enterprise.
 *
 * @see https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch
 */
export async function readBranchRules<Rules extends z.ZodType<readonly object[]>>(
  github: GitHubClient,
  { owner, repository: repo, branch }: BranchPlace,
  schema: Rules,
): Promise<z.output<Rules> | []> {
  const route = "GET /repos/{owner}/{repo}/rules/branches/{branch}";
  const query = { owner, repo, branch, per_page: 100 };
  // Plans without rulesets for private repositories answer 403.
  return (await unlessRefused([403], () => readAnswer(github, schema, route, query))) ?? [];
}

async function guardOfProtection(
  github: GitHubClient,
  { owner, repository: repo, branch }: BranchPlace,
): Promise<Guard[] | undefined> {
  const place = { owner, repo, branch };
  const route = "GET /repos/{owner}/{repo}/branches/{branch}";
  if (!(await readAnswer(github, branchSchema, route, place)).protected) return [];
  try {
    const protection = await readAnswer(github, protectionSchema, `${route}/protection`, place);
    const { required_pull_request_reviews: reviews, required_status_checks: checks } = protection;
    const forbids = reviews ?? checks ?? protection.restrictions ?? protection.lock_branch?.enabled;
    if (!forbids) return [];
    // Only administrators may read the protection.
    return [{ by: "branch protection", mayBypass: protection.enforce_admins?.enabled !== true }];
  } catch (error) {
    if (!isRefusal(error, [403, 404])) throw error;
    // A branch that only rulesets protect.
    return error.status === 404 && /not protected/i.test(error.message) ? [] : undefined;
  }
}
