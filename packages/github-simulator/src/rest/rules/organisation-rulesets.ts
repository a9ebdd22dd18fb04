import { z } from "zod";
import { openOrganisation } from "../../http/access.ts";
import { ApiError } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { fullRuleset, rulesetSummary } from "../../serializers/ruleset.ts";
import type { RepositoryCondition, Ruleset } from "../../world/state/branch-rule.ts";
import type { Organisation } from "../../world/state/accounts.ts";
import { assertSimulated, newRuleset } from "./ruleset-body.ts";
import {
  assertNewName,
  changeRuleset,
  createRuleset,
  deleteRuleset,
  ofTargets,
  rulesetOf,
} from "./write-rulesets.ts";

/** https://docs.github.com/en/rest/orgs/rules */
export const organisationRulesetRoutes = createRoutes()
  .get("/orgs/:org/rulesets", (c) => {
    const holder = openOrganisation(c, "organization_administration", "read");
    return c.json(
      paginate(c, ofTargets(c, holder.rulesets)).map((ruleset) =>
        rulesetSummary({ ...c.var, ruleset, holder }),
      ),
    );
  })
  .post("/orgs/:org/rulesets", async (c) => {
    const organisation = openOrganisation(c, "organization_administration", "write");
    const given = await readBody(c, organisationRuleset, "Ruleset");
    assertNewName(organisation.rulesets, given.name);
    assertSimulated(given, organisation);
    const ruleset = createRuleset(c, organisation, given, repositoriesOf(given.conditions));
    return c.json(shape(c, organisation, ruleset), 201);
  })
  .get("/orgs/:org/rulesets/:id{\\d+}", (c) => {
    const organisation = openOrganisation(c, "organization_administration", "read");
    return c.json(shape(c, organisation, rulesetOf(c, organisation.rulesets)));
  })
  .put("/orgs/:org/rulesets/:id{\\d+}", async (c) => {
    const organisation = openOrganisation(c, "organization_administration", "write");
    const ruleset = rulesetOf(c, organisation.rulesets);
    const given = await readBody(c, organisationRuleset.partial(), "Ruleset");
    assertSimulated(given, organisation);
    const merged = organisationRuleset.parse({ ...shape(c, organisation, ruleset), ...given });
    changeRuleset(c, organisation, ruleset, merged, repositoriesOf(merged.conditions));
    return c.json(shape(c, organisation, ruleset));
  })
  .delete("/orgs/:org/rulesets/:id{\\d+}", (c) => {
    const organisation = openOrganisation(c, "organization_administration", "write");
    deleteRuleset(c, organisation, rulesetOf(c, organisation.rulesets));
    return c.body(null, 204);
  });

const patterns = z.object({
  include: z.array(z.string()).default([]),
  exclude: z.array(z.string()).default([]),
});

const propertyTarget = z.object({
  name: z.string(),
  property_values: z.array(z.string()),
  source: z.enum(["custom", "system"]).default("custom"),
});

const organisationRuleset = newRuleset.extend({
  conditions: z
    .object({
      ref_name: patterns.optional(),
      repository_name: patterns.extend({ protected: z.boolean().optional() }).optional(),
      repository_id: z.object({ repository_ids: z.array(z.int()).default([]) }).optional(),
      repository_property: z
        .object({
          include: z.array(propertyTarget).default([]),
          exclude: z.array(propertyTarget).default([]),
        })
        .optional(),
    })
    .nullish(),
});

/** In addition to the condition for branches, exactly one selects the repositories of a ruleset. */
function repositoriesOf(
  given: z.output<typeof organisationRuleset>["conditions"],
): RepositoryCondition | undefined {
  if (given == null) return undefined;
  const { ref_name, repository_name, repository_id, repository_property } = given;
  const asked = [repository_name, repository_id, repository_property];
  if (ref_name === undefined || asked.filter((each) => each !== undefined).length !== 1) {
    throw new ApiError(
      422,
      "Invalid request.\n\nInvalid property /conditions: data matches no possible input. See `documentation_url`.",
    );
  }
  if (repository_name?.protected === true) {
    throw new ApiError(501, "the simulator does not implement rulesets that prevent renaming");
  }
  if (repository_name !== undefined) return { repository_name };
  if (repository_id !== undefined) return { repository_id };
  return repository_property && { repository_property: byOwnProperties(repository_property) };
}

function byOwnProperties(given: {
  include: z.output<typeof propertyTarget>[];
  exclude: z.output<typeof propertyTarget>[];
}) {
  const own = ({ source, ...target }: z.output<typeof propertyTarget>) => {
    if (source === "custom") return { ...target, source };
    throw new ApiError(501, `the simulator does not implement the system property ${target.name}`);
  };
  return { include: given.include.map(own), exclude: given.exclude.map(own) };
}

function shape(c: ApiContext, holder: Organisation, ruleset: Ruleset) {
  return fullRuleset({ ...c.var, ruleset, holder });
}
