import type { View } from "./view.ts";
import { rulesFor } from "../world/repositories/branch-rules.ts";
import { rulesetsOver } from "../world/repositories/rulesets-over.ts";
import type { BranchRule } from "../world/state/branch-rule.ts";
import type { Repository } from "../world/state/repository.ts";
import type { World } from "../world/world.ts";
import { repositoryUrl } from "./repository.ts";
import { holderOf, sourceOf } from "./ruleset.ts";

/** A branch's own fields about its protection. */
export function protectionSummary(view: View, repository: Repository, branch: string) {
  const rules = rulesFor(view.world, repository, branch);
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
    protection_url: `${repositoryUrl(view, repository)}/branches/${branch}/protection`,
  };
}

/** The rules of rulesets for a branch: https://docs.github.com/en/rest/repos/rules */
export function branchRules(world: World, repository: Repository, branch: string) {
  return rulesFor(world, repository, branch)
    .filter(({ source }) => source === "ruleset")
    .flatMap((rule) => {
      const written = rulesetsOver(world, repository).find(({ id }) => id === rule.id);
      const { source_type, source } = sourceOf(holderOf(world, repository, written));
      const origin = {
        ruleset_source_type: source_type,
        ruleset_source: source,
        ruleset_id: rule.id,
      };
      return (written?.rules ?? rulesOf(rule)).map((item) => ({ ...item, ...origin }));
    });
}

function rulesOf(rule: BranchRule): { type: string; parameters?: Record<string, unknown> }[] {
  return [
    ...(rule.blockDeletion ? [{ type: "deletion" }] : []),
    ...(rule.blockForcePush ? [{ type: "non_fast_forward" }] : []),
    ...(rule.mergeQueue ? [{ type: "merge_queue", parameters: mergeQueueDefaults }] : []),
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

/** https://docs.github.com/en/rest/repos/rules */
const mergeQueueDefaults = {
  check_response_timeout_minutes: 60,
  grouping_strategy: "ALLGREEN",
  max_entries_to_build: 5,
  max_entries_to_merge: 5,
  merge_method: "MERGE",
  min_entries_to_merge: 1,
  min_entries_to_merge_wait_minutes: 5,
};
