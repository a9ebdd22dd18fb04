import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { readAnswer } from "../client/parse-answer.ts";
import { readBranchRules, type BranchPlace } from "./branch-guard.ts";

const checksRule = z.object({
  type: z.literal("required_status_checks"),
  parameters: z.object({ required_status_checks: z.array(z.object({ context: z.string() })) }),
});
const rulesSchema = z.array(z.union([checksRule, z.object({ type: z.string() })]));

const branchSchema = z.object({
  protection: z
    .object({ required_status_checks: z.object({ contexts: z.array(z.string()) }).nullish() })
    .optional(),
});

/**
 * The names of the checks that a branch requires before a merge: those of the rulesets of repository,
 * organisation and enterprise, and of its classic protection. Two requests; they need no administration
 * right, only a token that reads the repository.
 *
 * @see https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch
 * @see https://docs.github.com/en/rest/branches/branches#get-a-branch
 */
export async function readRequiredChecks(
  github: GitHubClient,
  place: BranchPlace,
): Promise<string[]> {
  const [ofRules, ofProtection] = await Promise.all([
    checksOfRules(github, place),
    checksOfProtection(github, place),
  ]);
  return [...new Set([...ofRules, ...ofProtection])].sort();
}

async function checksOfRules(github: GitHubClient, place: BranchPlace): Promise<string[]> {
  return (await readBranchRules(github, place, rulesSchema)).flatMap((rule) =>
    "parameters" in rule
      ? rule.parameters.required_status_checks.map(({ context }) => context)
      : [],
  );
}

async function checksOfProtection(
  github: GitHubClient,
  { owner, repository: repo, branch }: BranchPlace,
): Promise<string[]> {
  const route = "GET /repos/{owner}/{repo}/branches/{branch}";
  const { protection } = await readAnswer(github, branchSchema, route, { owner, repo, branch });
  return protection?.required_status_checks?.contexts ?? [];
}
