import type { EngineChange } from "../../../src/stack/engine-change.ts";

/** The place of the organisation's secret; others are names of repositories, or of tokens. */
export const shared = "organisation";
export const tokenKeys = { publisher: true, "next-publisher": true };
export const secretType = "ghcr:index:RegistrySecret";
const publishingType = "ghcr:index:RepositoryPublishing";

/** What the engine plans, as `ghcr-fleet` reads it from a preview. Both are place to PAT. */
export function changesOf(
  state: ReadonlyMap<string, string>,
  declared: ReadonlyMap<string, string>,
): EngineChange[] {
  const gone = [...state.keys()].filter((place) => !declared.has(place));
  const different = [...declared].filter(([place, pat]) => state.get(place) !== pat);
  return [...different.map(([place]) => place), ...gone].map((place) => {
    const isToken = place in tokenKeys;
    const type = isToken ? "ghcr:index:RegistryToken" : secretType;
    const isOwn = !isToken && place !== shared;
    const known = state.has(place) ? "update" : "create";
    const operation = declared.has(place) ? known : "delete";
    return {
      urn: urnOf(type, isOwn ? `${place}/GHCR_PAT` : place),
      type,
      operation,
      fields: operation === "update" ? ["hash"] : [],
      byPullRequest: false,
      writesNothing: false,
      isTagged: false,
      waitsFor: undefined,
      repository: isOwn ? place : undefined,
    };
  });
}

export function publishingUrns(repositories: readonly string[]): string[] {
  return repositories.map((name) => urnOf(publishingType, name));
}

/** What all repositories share has a parent, as in the program. */
function urnOf(type: string, name: string): string {
  const isShared = type !== publishingType && !name.includes("/");
  const parent = isShared ? "ghcr-fleet:index:RegistryAccess$" : "";
  return `urn:pulumi:acme::ghcr-fleet::${parent}${type}::${name}`;
}
