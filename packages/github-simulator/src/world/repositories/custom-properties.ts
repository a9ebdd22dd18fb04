import type { Session } from "../session.ts";
import { auditedRepository, recordAudit } from "../audit-log.ts";
import type { CustomProperty, Organisation } from "../state/accounts.ts";
import type { PropertyValue, Repository } from "../state/repository.ts";
import { Refusal } from "../refusal.ts";
import type { World } from "../world.ts";

/**
 * The values of a repository's properties, by name: its own, and the defaults of required
 * ones.
 * https://docs.github.com/en/organizations/managing-organization-settings/managing-custom-properties-for-repositories-in-your-organization
 */
export function propertiesOf(world: World, repository: Repository): Record<string, PropertyValue> {
  const defined = [...(world.findOrganisation(repository.owner)?.properties.values() ?? [])];
  return Object.fromEntries(
    defined.flatMap(({ name, required, defaultValue }) => {
      const value =
        repository.properties.get(name.toLowerCase()) ?? (required ? defaultValue : null);
      return value === null ? [] : [[name, value] as const];
    }),
  );
}

/** Defines a property, or replaces the one with that name. */
export function defineProperty(
  session: Session,
  organisation: Organisation,
  property: CustomProperty,
): void {
  assertDefinition(property);
  const key = property.name.toLowerCase();
  const before = organisation.properties.get(key);
  if (before === undefined) assertRoom(organisation);
  organisation.properties.set(key, property);
  auditDefinition(session, organisation, property, before ? "update" : "create");
}

/** Deletes a property and its values. */
export function removeProperty(
  session: Session,
  organisation: Organisation,
  property: CustomProperty,
): void {
  const key = property.name.toLowerCase();
  organisation.properties.delete(key);
  for (const repository of session.world.repositoriesOf(organisation.login)) {
    repository.properties.delete(key);
  }
  auditDefinition(session, organisation, property, "destroy");
}

/** Throws if a value is invalid for its property; null means no value. */
export function assertValue(
  organisation: Organisation,
  name: string,
  value: PropertyValue | null,
): CustomProperty {
  const property = organisation.properties.get(name.toLowerCase());
  // https://github.com/eclipse-csi/otterdog/issues/648
  if (property === undefined) throw new Refusal("invalid", `Unexpected property '${name}'`);
  const problem = value === null ? undefined : problemOf(property, value);
  if (problem !== undefined) throw new Refusal("invalid", `Property '${name}' ${problem}`);
  return property;
}

export function setProperty(
  session: Session,
  repository: Repository,
  { name }: CustomProperty,
  value: PropertyValue | null,
): void {
  const key = name.toLowerCase();
  const before = repository.properties.get(key);
  if (String(before ?? null) === String(value)) return;
  if (value === null) repository.properties.delete(key);
  else repository.properties.set(key, value);
  const event = before === undefined ? "create" : value === null ? "destroy" : "update";
  recordAudit(session, `custom_property_value.${event}`, {
    ...auditedRepository(repository),
    property_name: name,
    value: value ?? before ?? "",
  });
}

function auditDefinition(
  session: Session,
  { login }: Organisation,
  { name, valueType, required, defaultValue, allowedValues }: CustomProperty,
  event: "create" | "update" | "destroy",
): void {
  recordAudit(session, `custom_property_definition.${event}`, {
    org: login,
    property_name: name,
    value_type: valueType,
    required,
    ...(defaultValue !== null && { default_value: defaultValue }),
    ...(allowedValues !== null && { allowed_values: allowedValues }),
  });
}

/** An organisation defines at most 100 properties; see above. */
const mostProperties = 100;

function assertRoom({ properties }: Organisation): void {
  if (properties.size < mostProperties) return;
  throw new Refusal("invalid", `There are ${mostProperties} properties already.`);
}

/** GitHub documents what is allowed, but rarely the message of a refusal. */
function assertDefinition(property: CustomProperty): void {
  const { name, valueType, allowedValues, required, defaultValue } = property;
  const isSelect = valueType.endsWith("_select");
  const invalid = (problem: string) => new Refusal("invalid", `Validation failed: ${problem}`);
  if (!/^[A-Za-z0-9_$#-]{1,75}$/.test(name)) {
    throw invalid("Names are at most 75 letters, digits, _, -, $ and #");
  }
  if (!isSelect && allowedValues !== null) {
    // GitHub's message, as seen in https://github.com/eclipse-csi/otterdog/issues/648
    throw invalid(`Allowed values must be nil if value_type is ${valueType}`);
  }
  if (isSelect && (allowedValues ?? []).length === 0) {
    throw invalid(`Allowed values must be given for value_type ${valueType}`);
  }
  if (required !== (defaultValue !== null)) {
    throw invalid("A default value goes with a required property, and with no other");
  }
  const problem = defaultValue === null ? undefined : problemOf(property, defaultValue);
  if (problem !== undefined) throw invalid(`Default value: ${problem}`);
}

/** Whether the existing values of repositories fit the changed property. */
export function fitsValues(
  world: World,
  organisation: Organisation,
  property: CustomProperty,
): boolean {
  const key = property.name.toLowerCase();
  const values = world
    .repositoriesOf(organisation.login)
    .map(({ properties }) => properties.get(key));
  return values.every((each) => each === undefined || problemOf(property, each) === undefined);
}

function problemOf(
  { valueType, allowedValues }: CustomProperty,
  value: PropertyValue,
): string | undefined {
  if (Array.isArray(value) !== (valueType === "multi_select")) {
    return `takes ${valueType === "multi_select" ? "a list of values" : "one value"}`;
  }
  const foreign = [value].flat().find((each) => !isOfType(each));
  return foreign === undefined ? undefined : `does not take '${foreign}'`;

  function isOfType(text: string): boolean {
    switch (valueType) {
      case "string":
        return text.length <= 75;
      case "url":
        return URL.canParse(text);
      case "true_false":
        return text === "true" || text === "false";
      case "single_select":
      case "multi_select":
        return allowedValues?.includes(text) === true;
    }
  }
}
