import { rulesFor } from "../world/branch-rules.ts";
import type { BranchRule, Repository } from "../world/state.ts";
import { repositoryUrl } from "./repository.ts";

/** What a branch itself says of its protection. */
export function protectionSummary(api: string, repository: Repository, branch: string) {
  const rules = rulesFor(repository, branch);
  const classic = rules.find(({ source }) => source === "protection");
  const contexts = classic?.requiredStatusChecks ?? [];
  return {
    protected: rules.length > 0,
    protection: {
      enabled: classic !== undefined,
      required_status_checks: {
        enforcement_level: contexts.length > 0 ? "non_admins" : "off",
        contexts,
        checks: contexts.map((context) => ({ context, app_id: null })),
      },
    },
    protection_url: `${repositoryUrl(api, repository)}/branches/${branch}/protection`,
  };
}

/** Classic protection: https://docs.github.com/en/rest/branches/branch-protection */
export function branchProtection(
  api: string,
  repository: Repository,
  branch: string,
  rule: BranchRule,
) {
  const url = `${repositoryUrl(api, repository)}/branches/${branch}/protection`;
  const contexts = rule.requiredStatusChecks;
  return {
    url,
    ...(contexts.length > 0
      ? {
          required_status_checks: {
            url: `${url}/required_status_checks`,
            strict: rule.strictStatusChecks,
            contexts,
            contexts_url: `${url}/required_status_checks/contexts`,
            checks: contexts.map((context) => ({ context, app_id: null })),
          },
        }
      : {}),
    ...(rule.requirePullRequest
      ? {
          required_pull_request_reviews: {
            url: `${url}/required_pull_request_reviews`,
            dismiss_stale_reviews: false,
            require_code_owner_reviews: false,
            require_last_push_approval: false,
            required_approving_review_count: rule.requiredApprovals,
          },
        }
      : {}),
    required_signatures: requiredSignatures(api, repository, branch, rule),
    enforce_admins: { url: `${url}/enforce_admins`, enabled: rule.enforceAdmins },
    required_linear_history: { enabled: false },
    allow_force_pushes: { enabled: !rule.blockForcePush },
    allow_deletions: { enabled: !rule.blockDeletion },
    block_creations: { enabled: false },
    required_conversation_resolution: { enabled: false },
    lock_branch: { enabled: false },
    allow_fork_syncing: { enabled: false },
  };
}

export function requiredSignatures(
  api: string,
  repository: Repository,
  branch: string,
  rule: BranchRule,
) {
  return {
    url: `${repositoryUrl(api, repository)}/branches/${branch}/protection/required_signatures`,
    enabled: rule.requireSignatures,
  };
}

/** The rules of rulesets that hold a branch: https://docs.github.com/en/rest/repos/rules */
export function branchRules(repository: Repository, branch: string) {
  return rulesFor(repository, branch)
    .filter(({ source }) => source === "ruleset")
    .flatMap((rule) => {
      const origin = {
        ruleset_source_type: "Repository",
        ruleset_source: `${repository.owner}/${repository.name}`,
        ruleset_id: rule.id,
      };
      return rulesOf(rule).map((item) => ({ ...item, ...origin }));
    });
}

function rulesOf(rule: BranchRule): { type: string; parameters?: Record<string, unknown> }[] {
  return [
    ...(rule.blockDeletion ? [{ type: "deletion" }] : []),
    ...(rule.blockForcePush ? [{ type: "non_fast_forward" }] : []),
    ...(rule.requireSignatures ? [{ type: "required_signatures" }] : []),
    ...(rule.requirePullRequest
      ? [
          {
            type: "pull_request",
            parameters: {
              required_approving_review_count: rule.requiredApprovals,
              dismiss_stale_reviews_on_push: false,
              require_code_owner_review: false,
              require_last_push_approval: false,
              required_review_thread_resolution: false,
              allowed_merge_methods: ["merge", "squash", "rebase"],
            },
          },
        ]
      : []),
    ...(rule.requiredStatusChecks.length > 0
      ? [
          {
            type: "required_status_checks",
            parameters: {
              strict_required_status_checks_policy: rule.strictStatusChecks,
              do_not_enforce_on_create: false,
              required_status_checks: rule.requiredStatusChecks.map((context) => ({ context })),
            },
          },
        ]
      : []),
  ];
}
