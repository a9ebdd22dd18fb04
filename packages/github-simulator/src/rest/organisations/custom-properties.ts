import { z } from "zod";
import {
  locateOrganisation,
  openOrganisation,
  openRepository,
  tokenRefusal,
} from "../../http/access.ts";
import { ApiError, notFound, orNotFound } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { readBody } from "../../http/read-body.ts";
import {
  assertValue,
  defineProperty,
  fitsValues,
  propertiesOf,
  removeProperty,
  setProperty,
} from "../../world/repositories/custom-properties.ts";
import type { CustomProperty, Organisation } from "../../world/state/accounts.ts";
import { canAdministrate, organisationRole } from "../../world/accounts/permissions.ts";
import type { Repository } from "../../world/state/repository.ts";

/**
 * https://docs.github.com/en/rest/orgs/custom-properties and
 * https://docs.github.com/en/rest/repos/custom-properties
 */
export const customPropertyRoutes = createRoutes()
  .get("/orgs/:org/properties/schema", (c) => {
    const organisation = openAsMember(c);
    return c.json([...organisation.properties.values()].map((each) => shape(c, each)));
  })
  .patch("/orgs/:org/properties/schema", async (c) => {
    const organisation = openOrganisation(c, "organization_custom_properties", "write");
    const { properties } = await readBody(c, definitions, "CustomProperty");
    return c.json(
      properties.map(({ property_name, ...given }) =>
        define(c, organisation, property_name, given),
      ),
    );
  })
  .get("/orgs/:org/properties/schema/:name", (c) =>
    c.json(shape(c, propertyOf(c, openAsMember(c)))),
  )
  .put("/orgs/:org/properties/schema/:name", async (c) => {
    const organisation = openOrganisation(c, "organization_custom_properties", "write");
    const given = await readBody(c, definition, "CustomProperty");
    return c.json(define(c, organisation, c.req.param("name"), given));
  })
  .delete("/orgs/:org/properties/schema/:name", (c) => {
    const organisation = openOrganisation(c, "organization_custom_properties", "write");
    removeProperty(c.var, organisation, propertyOf(c, organisation));
    return c.body(null, 204);
  })
  .patch("/orgs/:org/properties/values", async (c) => {
    const organisation = openOrganisation(c, "organization_custom_properties", "write");
    const { repository_names, properties } = await readBody(c, valuesOfMany, "CustomProperty");
    const repositories = repository_names.map((name) =>
      orNotFound(c.var.world.findRepository(organisation.login, name)),
    );
    setValues(c, organisation, repositories, properties);
    return c.body(null, 204);
  })
  .get("/repos/:owner/:repo/properties/values", (c) =>
    c.json(valuesOf(c, openRepository(c, "metadata", "read"))),
  )
  .patch("/repos/:owner/:repo/properties/values", async (c) => {
    const repository = openRepository(c, "customProperties", "write");
    const organisation = orNotFound(c.var.world.findOrganisation(repository.owner));
    const { properties } = await readBody(c, values, "CustomProperty");
    setValues(c, organisation, [repository], properties);
    return c.body(null, 204);
  });

const value = z.union([z.string(), z.array(z.string())]).nullable();
const definition = z.object({
  value_type: z.enum(["string", "single_select", "multi_select", "true_false", "url"]),
  required: z.boolean().optional(),
  default_value: value.optional(),
  description: z.string().max(255).nullish(),
  allowed_values: z.array(z.string()).max(200).nullish(),
  values_editable_by: z.enum(["org_actors", "org_and_repo_actors"]).nullish(),
  require_explicit_values: z.boolean().optional(),
});
const definitions = z.object({
  properties: z
    .array(definition.extend({ property_name: z.string() }))
    .min(1)
    .max(100),
});
const values = z.object({ properties: z.array(z.object({ property_name: z.string(), value })) });
const valuesOfMany = values.extend({ repository_names: z.array(z.string()).min(1).max(30) });

/** Members can read the organisation's definitions. */
function openAsMember(c: ApiContext): Organisation {
  const { world, actor } = c.var;
  const organisation = locateOrganisation(c);
  c.set("acceptedScopes", "admin:org, read:org, repo, write:org");
  if (actor.kind === "anonymous") throw tokenRefusal(actor);
  const isMember = organisationRole(world, actor.login, organisation.login) !== undefined;
  if (!isMember && !canAdministrate(c.var, organisation)) throw notFound();
  if (actor.kind !== "classic" && !("organization_custom_properties" in actor.permissions)) {
    throw tokenRefusal(actor);
  }
  return organisation;
}

function propertyOf(c: ApiContext, organisation: Organisation): CustomProperty {
  return orNotFound(organisation.properties.get((c.req.param("name") ?? "").toLowerCase()));
}

function define(
  c: ApiContext,
  organisation: Organisation,
  name: string,
  given: z.output<typeof definition>,
) {
  if (given.require_explicit_values === true) {
    throw new ApiError(501, "the simulator does not implement properties with explicit values");
  }
  const property: CustomProperty = {
    name,
    valueType: given.value_type,
    required: given.required ?? false,
    defaultValue: orNull(given.default_value),
    description: given.description ?? null,
    allowedValues: orNull(given.allowed_values),
    valuesEditableBy: given.values_editable_by ?? "org_actors",
  };
  // GitHub does not document what happens to values that a property no longer allows.
  if (!fitsValues(c.var.world, organisation, property)) {
    throw new ApiError(
      501,
      `the simulator does not implement a ${name} that its values do not fit`,
    );
  }
  defineProperty(c.var, organisation, property);
  return shape(c, property);
}

/** The official provider sends empty values for properties that are not set. */
function orNull<Value extends string | string[]>(given: Value | null | undefined): Value | null {
  return given == null || given.length === 0 ? null : given;
}

function setValues(
  c: ApiContext,
  organisation: Organisation,
  repositories: readonly Repository[],
  given: z.output<typeof values>["properties"],
): void {
  const asked = given.map(({ property_name, value }) => {
    const property = assertValue(organisation, property_name, value);
    const isOwners = property.valuesEditableBy === "org_actors";
    if (isOwners && !canAdministrate(c.var, organisation)) {
      throw new ApiError(403, `Only owners of the organization set the property ${property.name}.`);
    }
    return { property, value };
  });
  for (const repository of repositories) {
    for (const { property, value } of asked) setProperty(c.var, repository, property, value);
  }
}

function valuesOf(c: ApiContext, repository: Repository) {
  return Object.entries(propertiesOf(c.var.world, repository)).map(([property_name, value]) => ({
    property_name,
    value,
  }));
}

function shape(c: ApiContext, property: CustomProperty) {
  return {
    property_name: property.name,
    url: `${c.var.api}/orgs/${c.req.param("org")}/properties/schema/${property.name}`,
    source_type: "organization" as const,
    value_type: property.valueType,
    required: property.required,
    default_value: property.defaultValue,
    description: property.description,
    allowed_values: property.allowedValues,
    values_editable_by: property.valuesEditableBy,
    require_explicit_values: false,
  };
}
