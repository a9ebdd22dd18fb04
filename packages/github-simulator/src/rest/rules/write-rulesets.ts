import type { z } from "zod";
import { validationFailed, orNotFound } from "../../http/api-error.ts";
import type { ApiContext } from "../../http/env.ts";
import { auditedHolder, recordAudit } from "../../world/audit-log.ts";
import type { RepositoryCondition, Ruleset } from "../../world/state/branch-rule.ts";
import type { Organisation } from "../../world/state/accounts.ts";
import type { Repository } from "../../world/state/repository.ts";
import { settingsOf, type newRuleset } from "./ruleset-body.ts";

type Holder = Organisation | Repository;
type Given = z.output<typeof newRuleset>;

export function assertNewName(rulesets: readonly Ruleset[], asked: string): void {
  if (rulesets.some(({ name }) => name === asked)) throw validationFailed("Name must be unique");
}

export function createRuleset(
  c: ApiContext,
  holder: Holder,
  given: Given,
  repositories?: RepositoryCondition,
): Ruleset {
  const { world } = c.var;
  const now = world.now();
  const ruleset: Ruleset = {
    id: world.nextId(),
    ...settingsOf(given),
    repositories,
    createdAt: now,
    updatedAt: now,
  };
  holder.rulesets.push(ruleset);
  audit(c, holder, ruleset, "create");
  return ruleset;
}

export function changeRuleset(
  c: ApiContext,
  holder: Holder,
  ruleset: Ruleset,
  merged: Given,
  repositories?: RepositoryCondition,
): void {
  Object.assign(ruleset, settingsOf(merged), { repositories, updatedAt: c.var.world.now() });
  audit(c, holder, ruleset, "update");
}

export function deleteRuleset(c: ApiContext, holder: Holder, ruleset: Ruleset): void {
  holder.rulesets = holder.rulesets.filter((item) => item !== ruleset);
  audit(c, holder, ruleset, "destroy");
}

/** The ruleset of the path. */
export function rulesetOf(c: ApiContext, rulesets: readonly Ruleset[]): Ruleset {
  return orNotFound(rulesets.find(({ id }) => id === Number(c.req.param("id"))));
}

/** Rulesets for the requested kinds of target: all here are for branches. */
export function ofTargets(c: ApiContext, rulesets: readonly Ruleset[]): readonly Ruleset[] {
  const targets = c.req.query("targets");
  return targets === undefined || targets.split(",").includes("branch") ? rulesets : [];
}

/** https://docs.github.com/en/enterprise-cloud@latest/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization#repository_ruleset */
function audit(c: ApiContext, holder: Holder, ruleset: Ruleset, event: string): void {
  recordAudit(c.var, `repository_ruleset.${event}`, {
    ...auditedHolder(holder).fields,
    ruleset_id: ruleset.id,
    ruleset_name: ruleset.name,
    ruleset_enforcement: ruleset.enforcement,
  });
}
