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
      const written = repository.rulesets.find(({ id }) => id === rule.id)?.rules;
      return (written ?? rulesOf(rule)).map((item) => ({ ...item, ...origin }));
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
