import type { ScopedValue, ValueScope } from "../actions/host/actions-host.ts";
import { reaches, type Holder } from "../world/find-secrets.ts";
import type { Secret, Variable } from "../world/state/secrets.ts";
import type { World } from "../world/world.ts";

/**
 * Secrets or variables of a repository, and of an environment if given, each with
 * the place it comes from. The runner decides which one of the same name is used.
 */
export function scopedValues(
  world: World,
  owner: string,
  repo: string,
  environment: string | undefined,
  itemsOf: (holder: Holder) => Map<string, Secret | Variable>,
): ScopedValue[] {
  const repository = world.repository(`${owner}/${repo}`);
  const organisation = world.findOrganisation(repository.owner);
  const named =
    environment === undefined ? undefined : repository.environments.get(environment.toLowerCase());
  const inherited = organisation === undefined ? [] : [...itemsOf(organisation).values()];
  return [
    ...inherited.filter((item) => reaches(item, repository)).map(at("organization")),
    ...[...itemsOf(repository).values()].map(at("repository")),
    ...(named === undefined ? [] : [...itemsOf(named).values()].map(at("environment"))),
  ];
}

function at(scope: ValueScope) {
  return ({ name, value }: Secret | Variable): ScopedValue => ({ name, value, scope });
}
