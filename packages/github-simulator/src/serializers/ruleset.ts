import type { View } from "./view.ts";
import type { Session } from "../world/session.ts";
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

interface Asked extends View {
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
export function rulesetSummary(asked: Asked) {
  const { api, ruleset, holder, repository } = asked;
  const isOwn = "objects" in holder;
  return {
    id: ruleset.id,
    name: ruleset.name,
    target: "branch" as const,
    ...sourceOf(holder),
    enforcement: ruleset.enforcement,
    // Only for those who may change it: https://docs.github.com/en/rest/repos/rules
    ...(mayChange(asked, holder) && { bypass_actors: ruleset.bypassActors }),
    ...(repository !== undefined && {
      current_user_can_bypass: bypassOf(ruleset.bypassActors, changer(asked, repository)),
    }),
    node_id: nodeId(isOwn ? "Repository" : "Organization", holder.id, "ruleset", ruleset.id),
    _links: isOwn
      ? {
          self: { href: `${repositoryUrl(asked, holder)}/rulesets/${ruleset.id}` },
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

function mayChange(session: Session, holder: Organisation | Repository): boolean {
  return "objects" in holder
    ? effectiveRole(session, holder) === "admin"
    : canAdministrate(session, holder);
}
