import { repositoryOf } from "../../stack/engine-change.ts";
import { ghcrType } from "../../stack/resource-types.ts";
import type { EventLog, Properties, ResourceStep } from "./event-log.ts";
import type { CredentialMove, CredentialPlace } from "./stack-preview.ts";

/** The repositories whose credential moves, by name; not those that enter or leave the fleet. */
export function credentialMoves({
  planned,
}: Pick<EventLog, "planned">): ReadonlyMap<string, CredentialMove> {
  const steps = [...planned.values()];
  const [before, after] = [placesIn(steps, "before"), placesIn(steps, "after")];
  const [secret = ""] = steps.flatMap(secretName);
  return new Map(
    [...before].flatMap(([name, from]) => {
      const to = after.get(name);
      return to === undefined || to === from ? [] : [[name, { secret, before: from, after: to }]];
    }),
  );
}

/**
 * Repository to where its credential is. While a rotation tries another PAT in a secret of the repository, the
 * organisation's is the one that it is declared to have.
 */
function placesIn(
  steps: readonly ResourceStep[],
  side: "before" | "after",
): Map<string, CredentialPlace> {
  const found = steps.flatMap((step) => placesOf(step, step[side]?.inputs));
  const isShared = ([, place]: (typeof found)[number]) => place === "organization";
  return new Map([...found.filter((each) => !isShared(each)), ...found.filter(isShared)]);
}

function placesOf(
  { type, urn }: ResourceStep,
  inputs: Properties = {},
): (readonly [repository: string, CredentialPlace])[] {
  const { jobToken, scope, repositories } = inputs;
  const repository = repositoryOf(urn);
  if (type === ghcrType.publishing) {
    return jobToken === true && repository !== undefined ? [[repository, "job-token"]] : [];
  }
  if (type !== ghcrType.secret) return [];
  if (scope === "organization") {
    return Object.keys(repositories ?? {}).map((name) => [name, "organization"]);
  }
  const isOwn = scope === "repository" || scope === "environment";
  return isOwn && repository !== undefined ? [[repository, scope]] : [];
}

function secretName({ type, before, after }: ResourceStep): string[] {
  const name = (after ?? before)?.inputs["name"];
  return type === ghcrType.secret && typeof name === "string" ? [name] : [];
}

/**
 * Inputs of the organisation's variable, with the names of the repositories that it reaches instead of their ids,
 * as the secret has them.
 */
export function withRepositoryNames(
  { selectedRepositoryIds: ids, ...inputs }: Properties,
  planned: EventLog["planned"],
): Properties {
  if (!Array.isArray(ids)) return ids === undefined ? inputs : { ...inputs, repositories: ids };
  const known = [...planned.values()].flatMap(({ type, before, after }) =>
    type === ghcrType.secret
      ? [before, after].flatMap((state) => Object.entries(state?.inputs["repositories"] ?? {}))
      : [],
  );
  const names = new Map(known.map(([name, id]) => [Number(id), name]));
  const repositories = ids.map((id) => [names.get(Number(id)) ?? `id ${id}`, Number(id)] as const);
  return { ...inputs, repositories: Object.fromEntries(repositories) };
}
