import type { Declaration, Place } from "../../../policy/check-resources.ts";
import { ghcr } from "../../../policy/model/resource-types.ts";
import type { Properties, Resource } from "../../../policy/model/rule.ts";
import { openValue, withOpenValues } from "../../../policy/model/unknown-value.ts";
import { declaredSettings, type Fleet, type FleetRepository } from "../../fleet/fleet.ts";
import { fleetKey } from "../../fleet/read-fleet-config.ts";
import type { OfflineEntry } from "../../fleet/resolve-offline.ts";
import { renderRepository, renderShared } from "../../publishing/templates/render-repository.ts";

/**
 * What the program would declare for a fleet, as far as rules judge it and the configuration alone
 * determines it: values from the engine, GitHub or the registry are open. The plain values of the
 * configuration are included, because a rule checks that none is a token.
 *
 * @param placeOf file and line of a value of the stack's configuration
 */
export function declareOffline(
  entries: readonly OfflineEntry[],
  clear: Properties,
  placeOf: (path: readonly (string | number)[]) => Place,
): Declaration {
  const places = new Map<string, Place>();
  const resources: Resource[] = [];
  const add = (place: Place, type: string, name: string, props: Properties) => {
    // One entry may declare a repository in two ways, and two entries may declare the same repository.
    const urn = `${type}::${name}::${resources.length}`;
    places.set(urn, place);
    resources.push({ type, name, urn, props: withOpenValues(props) });
  };
  const declared = entries.flatMap(({ index, named, fleets }) =>
    fleets.flatMap((fleet) =>
      fleet.repositories.map((repository) => {
        const name = named ? repository.name : `a repository such as ${repository.name}`;
        return { fleet, repository, name, place: placeOf([fleetKey, "repositories", index]) };
      }),
    ),
  );
  const whole = placeOf([fleetKey]);
  for (const [key, value] of Object.entries(clear))
    add(placeOf([key]), "pulumi:config", key, { value });
  const namesOf = (some: typeof declared) =>
    Object.fromEntries(some.map(({ repository: { name } }) => [name, openValue]));
  add(whole, ghcr.provider, "ghcr", { repositories: namesOf(declared) });
  add(whole, ghcr.token, "publisher", token);
  for (const { fleet, repository, name, place } of declared) {
    const settings = declaredSettings(repository.actions);
    if (settings) add(place, ghcr.settings, name, { repository: repository.name, ...settings });
    for (const [type, props] of publishingOf(fleet, repository)) add(place, type, name, props);
  }
  const [any] = declared;
  if (any?.fleet.shared) {
    const { owner, shared } = any.fleet;
    const { repository, branch, ref, delivery } = shared;
    add(placeOf([fleetKey, "shared"]), ghcr.shared, "shared-workflow", {
      ...{ owner, repository, branch, ref, delivery },
      onRemove: shared.onRemove === "delete" ? "delete" : "keep",
      files: renderShared(any.fleet),
    });
  }
  const sharing = declared.filter(({ repository }) => repository.credential === "organization");
  const [first] = sharing;
  if (first) {
    const { owner, secret } = first.fleet;
    const place = placeOf([fleetKey, "secret"]);
    const repositories = namesOf(sharing);
    const props = { scope: "organization", name: secret.name, owner, repositories };
    add(place, ghcr.secret, secret.name, { ...props, ...sealed });
  }
  return { resources, places, whole };
}

const token: Properties = {
  hash: openValue,
  kind: openValue,
  owner: openValue,
  scopes: openValue,
  expiresAt: openValue,
  firstSeenAt: openValue,
};

const sealed: Properties = { hash: openValue, box: openValue };

function* publishingOf(fleet: Fleet, repository: FleetRepository): Iterable<[string, Properties]> {
  const { owner, secret } = fleet;
  const place = { owner, repository: repository.name };
  const { branch, credential, delivery, onRemove, workflows } = repository;
  if (credential === "repository" || credential === "environment") {
    const { name, environment } = secret;
    const where = credential === "environment" ? { environment } : {};
    yield [ghcr.secret, { scope: credential, name, ...where, ...place, ...sealed }];
  }
  const { mode } = workflows;
  // Where `auto` writes files, it writes the templates.
  const isOwn = mode === "repair" || mode === "none";
  const how = isOwn ? { mode } : { files: renderRepository(fleet, repository) };
  yield [
    ghcr.publishing,
    {
      ...place,
      branch,
      delivery,
      onRemove,
      ...how,
      ...repository.package,
      ...(credential === "job-token" && { jobToken: true }),
      packages: openValue,
    },
  ];
}
