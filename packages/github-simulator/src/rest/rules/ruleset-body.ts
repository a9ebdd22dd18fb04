import { z } from "zod";
import { ApiError, validationFailed } from "../../http/api-error.ts";
import { enforcedRuleTypes } from "../../world/repositories/branch-rules.ts";
import type { BypassActor } from "../../world/state/branch-rule.ts";
import type { Organisation } from "../../world/state/accounts.ts";

/** https://docs.github.com/en/rest/repos/rules#create-a-repository-ruleset */
export const newRuleset = z.object({
  name: z.string().min(1),
  target: z.enum(["branch", "tag", "push", "repository"]).optional(),
  enforcement: z.enum(["disabled", "active", "evaluate"]),
  bypass_actors: z
    .array(
      z.object({
        actor_id: z.int().nullish(),
        actor_type: z.enum([
          "Integration",
          "OrganizationAdmin",
          "RepositoryRole",
          "Team",
          "DeployKey",
          "User",
        ]),
        bypass_mode: z.enum(["always", "pull_request", "exempt"]).default("always"),
      }),
    )
    .nullish(),
  conditions: z
    .object({
      ref_name: z
        .object({
          include: z.array(z.string()).default([]),
          exclude: z.array(z.string()).default([]),
        })
        .optional(),
    })
    .nullish(),
  rules: z
    .array(z.object({ type: z.string(), parameters: z.record(z.string(), z.unknown()).nullish() }))
    .optional(),
});
export const changedRuleset = newRuleset.partial();

/** The required parameters of rules. */
const requiredParameters: Readonly<Record<string, z.ZodType>> = {
  pull_request: z.object({
    required_approving_review_count: z.int().min(0).max(10),
    dismiss_stale_reviews_on_push: z.boolean(),
    require_code_owner_review: z.boolean(),
    require_last_push_approval: z.boolean(),
    required_review_thread_resolution: z.boolean(),
  }),
  required_status_checks: z.object({
    required_status_checks: z.array(z.object({ context: z.string() })),
    strict_required_status_checks_policy: z.boolean(),
  }),
};

/** What other values of these parameters require is not simulated. */
const enforcedParameters = z.looseObject({
  allowed_merge_methods: z.array(z.string()).length(3).optional(),
  required_reviewers: z.array(z.unknown()).max(0).optional(),
  required_status_checks: z
    .array(z.looseObject({ integration_id: z.literal(0).nullish() }))
    .optional(),
});

/** A rule that would be stored but not enforced is refused: a success would be false. */
export function assertSimulated(
  given: z.output<typeof changedRuleset>,
  organisation: Organisation | undefined,
): void {
  for (const { actor_type, actor_id } of (given.bypass_actors ?? []).map(bypassActor)) {
    if (actor_type === "Team" && organisation?.teams.has(actor_id ?? 0) !== true) {
      throw validationFailed("Actor team must be part of the owner organization");
    }
  }
  if (given.target !== undefined && given.target !== "branch") {
    throw new ApiError(501, `the simulator does not implement rulesets for target ${given.target}`);
  }
  const foreign = given.rules?.find(({ type }) => !enforcedRuleTypes.includes(type));
  if (foreign !== undefined) {
    throw new ApiError(501, `the simulator does not implement the rule ${foreign.type}`);
  }
  for (const { type, parameters } of given.rules ?? []) {
    const schema = requiredParameters[type];
    if (schema?.safeParse(parameters).success === false) {
      throw validationFailed(`Invalid rule '${type}': Invalid parameters`);
    }
    const [odd] = enforcedParameters.safeParse(parameters ?? {}).error?.issues ?? [];
    if (odd !== undefined) {
      const message = `the simulator does not implement such ${odd.path.join(".")} of the rule ${type}`;
      throw new ApiError(501, message);
    }
  }
}

function bypassActor({
  actor_id = null,
  actor_type,
  bypass_mode,
}: NonNullable<z.output<typeof newRuleset>["bypass_actors"]>[number]): BypassActor {
  const isForeign =
    actor_type === "Integration" || actor_type === "DeployKey" || actor_type === "User";
  if (isForeign || bypass_mode === "exempt") {
    throw new ApiError(
      501,
      `the simulator does not implement the bypass actor ${actor_type} with mode ${bypass_mode}`,
    );
  }
  return { actor_id, actor_type, bypass_mode };
}

/** GitHub's defaults for absent parameters of a rule. */
const parameterDefaults: Readonly<Record<string, Record<string, unknown>>> = {
  pull_request: { allowed_merge_methods: ["merge", "squash", "rebase"] },
  required_status_checks: { do_not_enforce_on_create: false },
  update: { update_allows_fetch_and_merge: false },
};

export function settingsOf(given: z.output<typeof newRuleset>) {
  return {
    name: given.name,
    enforcement: given.enforcement,
    include: given.conditions?.ref_name?.include ?? [],
    exclude: given.conditions?.ref_name?.exclude ?? [],
    bypassActors: (given.bypass_actors ?? []).map(bypassActor),
    rules: (given.rules ?? []).map(({ type, parameters }) => ({
      type,
      ...(parameters == null ? {} : { parameters: { ...parameterDefaults[type], ...parameters } }),
    })),
  };
}
