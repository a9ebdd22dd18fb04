import type { Actor } from "../world/actor.ts";
import { bypassOf } from "../world/repositories/branch-rules.ts";
import { canAdministrate, effectiveRole } from "../world/accounts/permissions.ts";
import type { Ruleset } from "../world/state/branch-rule.ts";
import type { Organisation } from "../world/state/accounts.ts";
import type { Repository } from "../world/state/repository.ts";
import type { World } from "../world/world.ts";
import { changer } from "../world/repositories/write-refs.ts";
import { webUrl } from "./account.ts";
import { nodeId } from "./node-id.ts";
import { repositoryHtmlUrl, repositoryUrl } from "./repository.ts";

interface Asked {
  world: World;
  api: string;
  actor: Actor;
  ruleset: Ruleset;
  /** The ruleset's owner. */
  holder: Organisation | Repository;
  /** The requested repository; absent if the request is for the organisation. */
  repository?: Repository;
}

/** The source of a ruleset. */
export function sourceOf(holder: Organisation | Repository) {
  return "objects" in holder
    ? { source_type: "Repository", source: `${holder.owner}/${holder.name}` }
    : { source_type: "Organization", source: holder.login };
}

/** The owner of a ruleset that applies to a repository. */
export function holderOf(
  world: World,
  repository: Repository,
  ruleset: Ruleset | undefined,
): Organisation | Repository {
  const organisation = world.findOrganisation(repository.owner);
  return ruleset !== undefined && organisation?.rulesets.includes(ruleset)
    ? organisation
    : repository;
}

/** The fields of a ruleset in lists: all but its conditions and rules. */
export function rulesetSummary({ world, api, actor, ruleset, holder, repository }: Asked) {
  const isOwn = "objects" in holder;
  return {
    id: ruleset.id,
    name: ruleset.name,
    target: "branch" as const,
    ...sourceOf(holder),
    enforcement: ruleset.enforcement,
    // Only for those who may change it: https://docs.github.com/en/rest/repos/rules
    ...(mayChange(world, actor, holder) && { bypass_actors: ruleset.bypassActors }),
    ...(repository !== undefined && {
      current_user_can_bypass: bypassOf(ruleset.bypassActors, changer(world, actor, repository)),
    }),
    node_id: nodeId(isOwn ? "Repository" : "Organization", holder.id, "ruleset", ruleset.id),
    _links: isOwn
      ? {
          self: { href: `${repositoryUrl(api, holder)}/rulesets/${ruleset.id}` },
          html: { href: `${repositoryHtmlUrl(holder)}/rules/${ruleset.id}` },
        }
      : {
          self: { href: `${api}/orgs/${holder.login}/rulesets/${ruleset.id}` },
          html: { href: `${webUrl}/organizations/${holder.login}/settings/rules/${ruleset.id}` },
        },
    created_at: ruleset.createdAt,
    updated_at: ruleset.updatedAt,
  };
}

export function fullRuleset(asked: Asked) {
  const { include, exclude, repositories, rules } = asked.ruleset;
  return {
    ...rulesetSummary(asked),
    conditions: { ref_name: { include, exclude }, ...repositories },
    rules,
  };
}

function mayChange(world: World, actor: Actor, holder: Organisation | Repository): boolean {
  return "objects" in holder
    ? effectiveRole(world, actor, holder) === "admin"
    : canAdministrate(world, actor, holder);
}
