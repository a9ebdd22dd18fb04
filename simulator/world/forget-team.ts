import type { Repository } from "./state.ts";
import type { Grantee, Team } from "./team.ts";

/** Takes a deleted team out of all that a repository's rules and environments let it do. */
export function forgetTeam(repository: Repository, { id }: Team): void {
  const others = (named: readonly Grantee[]) => named.filter((item) => item !== id);
  const { rules, rulesets, environments } = repository;
  for (const rule of rules) {
    rule.pushers = rule.pushers && others(rule.pushers);
    rule.bypassPullRequest = others(rule.bypassPullRequest);
    rule.bypassForcePush = others(rule.bypassForcePush);
    const { dismissers } = rule.reviews;
    rule.reviews = { ...rule.reviews, dismissers: dismissers && others(dismissers) };
  }
  for (const ruleset of rulesets) {
    ruleset.bypassActors = ruleset.bypassActors.filter(
      ({ actor_type, actor_id }) => actor_type !== "Team" || actor_id !== id,
    );
  }
  for (const environment of environments.values()) {
    environment.reviewers = environment.reviewers.filter(
      (reviewer) => reviewer.type !== "Team" || reviewer.id !== id,
    );
  }
}
