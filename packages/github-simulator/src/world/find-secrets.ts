import { Refusal } from "./refusal.ts";
import type { Organisation } from "./state/accounts.ts";
import type { Environment, Repository } from "./state/repository.ts";
import type { Audience, Secret, SecretStore } from "./state/secrets.ts";

/** The service of a secret: each has its own secrets and its own key. */
export type SecretService = "actions" | "dependabot" | "codespaces";

/** The place of a secret or a variable; of Actions, if no other service is given. */
export type SecretLocation =
  | { scope: "organisation"; organisation: string; service?: SecretService }
  | { scope: "repository"; repository: string; service?: SecretService }
  | { scope: "environment"; repository: string; environment: string };

/** The record with the secrets and variables of a scope. */
export type Holder = Organisation | Repository | Environment;

/** Finds accounts and repositories by name; implemented by the world. */
interface Names {
  findOrganisation(login: string): Organisation | undefined;
  /** `owner/name`; throws if there is none. */
  repository(fullName: string): Repository;
}

export function holderAt(names: Names, location: SecretLocation): Holder {
  switch (location.scope) {
    case "organisation": {
      const organisation = names.findOrganisation(location.organisation);
      if (organisation === undefined) throw new Refusal("not-found", "Not Found");
      return organisation;
    }
    case "repository":
      return names.repository(location.repository);
    case "environment": {
      const environments = names.repository(location.repository).environments;
      const environment = environments.get(location.environment.toLowerCase());
      if (environment === undefined) throw new Refusal("not-found", "Not Found");
      return environment;
    }
  }
}

/** A scope's secrets for one service. */
export function storeAt(names: Names, location: SecretLocation): SecretStore {
  const holder = holderAt(names, location);
  if (!("dependabotSecrets" in holder)) return holder.secrets;
  switch (serviceOf(location)) {
    case "actions":
      return holder.secrets;
    case "dependabot":
      return holder.dependabotSecrets;
    case "codespaces":
      return holder.codespacesSecrets;
  }
}

export function serviceOf(location: SecretLocation): SecretService {
  return (location.scope === "environment" ? undefined : location.service) ?? "actions";
}

export function findSecret(
  names: Names,
  location: SecretLocation,
  name: string,
): Secret | undefined {
  return storeAt(names, location).secrets.get(name.toUpperCase());
}

/** Whether an organisation's secret or variable is available to a repository. */
function reaches(audience: Audience, repository: Repository): boolean {
  switch (audience.visibility) {
    case "all":
      return true;
    case "private":
      return repository.visibility !== "public";
    case "selected":
      return audience.selected.has(repository.id);
  }
}

/** A secret or variable with the place that it comes from. */
export interface ScopedItem {
  name: string;
  value: string;
  scope: "organization" | "repository" | "environment";
}

/**
 * Secrets or variables that a repository, and an environment if given, may use. Of the same name, the last
 * one counts.
 */
export function scopedItems(
  names: Names,
  repository: Repository,
  environment: string | undefined,
  itemsOf: (holder: Holder) => Map<string, Secret>,
): ScopedItem[] {
  const organisation = names.findOrganisation(repository.owner);
  const named = repository.environments.get(environment?.toLowerCase() ?? "");
  const from = (holder: Holder | undefined, scope: ScopedItem["scope"]) =>
    holder === undefined
      ? []
      : [...itemsOf(holder).values()]
          .filter((item) => scope !== "organization" || reaches(item, repository))
          .map(({ name, value }) => ({ name, value, scope }));
  return [
    ...from(organisation, "organization"),
    ...from(repository, "repository"),
    ...from(named, "environment"),
  ];
}
