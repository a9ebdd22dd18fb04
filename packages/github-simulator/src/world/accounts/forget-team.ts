import type { Ruleset } from "../state/branch-rule.ts";
import type { Organisation, Repository } from "../state/state.ts";
import type { Grantee, Team } from "../state/team.ts";
import type { World } from "../world.ts";

/** Takes a deleted team out of all that rules and environments let it do. */
export function forgetTeam(world: World, organisation: Organisation, team: Team): void {
  forgetInRulesets(organisation.rulesets, team);
  for (const repository of world.repositoriesOf(organisation.login)) {
    forgetIn(repository, team);
  }
}

function forgetInRulesets(rulesets: readonly Ruleset[], { id }: Team): void {
  for (const ruleset of rulesets) {
    ruleset.bypassActors = ruleset.bypassActors.filter(
      ({ actor_type, actor_id }) => actor_type !== "Team" || actor_id !== id,
    );
  }
}

function forgetIn(repository: Repository, team: Team): void {
  const { id } = team;
  const others = (named: readonly Grantee[]) => named.filter((item) => item !== id);
  const { rules, rulesets, environments } = repository;
  for (const rule of rules) {
    rule.pushers = rule.pushers && others(rule.pushers);
    rule.bypassPullRequest = others(rule.bypassPullRequest);
    rule.bypassForcePush = others(rule.bypassForcePush);
    const { dismissers } = rule.reviews;
    rule.reviews = { ...rule.reviews, dismissers: dismissers && others(dismissers) };
  }
  forgetInRulesets(rulesets, team);
  for (const environment of environments.values()) {
    environment.reviewers = environment.reviewers.filter(
      (reviewer) => reviewer.type !== "Team" || reviewer.id !== id,
    );
  }
}
