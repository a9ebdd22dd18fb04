import { openRepository } from "../../http/access.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { fullRuleset, holderOf, rulesetSummary } from "../../serializers/ruleset.ts";
import { rulesetsOver } from "../../world/repositories/rulesets-over.ts";
import type { Ruleset } from "../../world/state/branch-rule.ts";
import type { Repository } from "../../world/state/repository.ts";
import { assertSimulated, changedRuleset, newRuleset } from "./ruleset-body.ts";
import {
  assertNewName,
  changeRuleset,
  createRuleset,
  deleteRuleset,
  ofTargets,
  rulesetOf,
} from "./write-rulesets.ts";

/** https://docs.github.com/en/rest/repos/rules */
export const rulesetRoutes = createRoutes()
  .get("/repos/:owner/:repo/rulesets", (c) => {
    const repository = openRepository(c, "metadata", "read");
    const found = paginate(c, ofTargets(c, askedRulesets(c, repository)));
    return c.json(
      found.map((ruleset) => {
        const holder = holderOf(c.var.world, repository, ruleset);
        return rulesetSummary({ ...c.var, ruleset, holder, repository });
      }),
    );
  })
  .post("/repos/:owner/:repo/rulesets", async (c) => {
    const repository = openRepository(c, "administration", "write");
    const given = await readBody(c, newRuleset, "Ruleset");
    assertNewName(repository.rulesets, given.name);
    assertSimulated(given, c.var.world.findOrganisation(repository.owner));
    return c.json(shape(c, repository, createRuleset(c, repository, given)), 201);
  })
  .get("/repos/:owner/:repo/rulesets/:id{\\d+}", (c) => {
    const repository = openRepository(c, "metadata", "read");
    return c.json(shape(c, repository, rulesetOf(c, askedRulesets(c, repository))));
  })
  .put("/repos/:owner/:repo/rulesets/:id{\\d+}", async (c) => {
    const repository = openRepository(c, "administration", "write");
    const ruleset = rulesetOf(c, repository.rulesets);
    const given = await readBody(c, changedRuleset, "Ruleset");
    assertSimulated(given, c.var.world.findOrganisation(repository.owner));
    const merged = newRuleset.parse({ ...shape(c, repository, ruleset), ...given });
    changeRuleset(c, repository, ruleset, merged);
    return c.json(shape(c, repository, ruleset));
  })
  .delete("/repos/:owner/:repo/rulesets/:id{\\d+}", (c) => {
    const repository = openRepository(c, "administration", "write");
    deleteRuleset(c, repository, rulesetOf(c, repository.rulesets));
    return c.body(null, 204);
  });

/** Includes the organisation's, unless the query excludes them. */
function askedRulesets(c: ApiContext, repository: Repository): Ruleset[] {
  return c.req.query("includes_parents") === "false"
    ? repository.rulesets
    : rulesetsOver(c.var.world, repository);
}

function shape(c: ApiContext, repository: Repository, ruleset: Ruleset) {
  const holder = holderOf(c.var.world, repository, ruleset);
  return fullRuleset({ ...c.var, ruleset, holder, repository });
}
