import type { PatKey } from "../../../src/pat/pat-source.ts";
import type { EngineChange } from "../../../src/stack/engine-change.ts";

/** The place of the organisation's secret; others are names of repositories, or of tokens. */
export const shared = "organisation";
export const tokenKeys = { publisher: true, "next-publisher": true };
export const secretType = "ghcr:index:RegistrySecret";
const tokenType = "ghcr:index:RegistryToken";
const publishingType = "ghcr:index:RepositoryPublishing";

/** What the program declares, by place: the PATs of tokens and secrets. */
export function declaredPats(
  { pat = "", nextPat }: Partial<Record<PatKey, string>>,
  credentials: ReadonlyMap<string, "organization" | "repository">,
  firstWave: readonly string[],
): ReadonlyMap<string, string> {
  const tries = (name: string) => nextPat !== undefined && firstWave.includes(name);
  const own = [...credentials].flatMap(([name, credential]) =>
    credential === "repository" || tries(name) ? [[name, tries(name) ? nextPat : pat]] : [],
  );
  const all = [...credentials.values()].includes("organization") ? [[shared, pat]] : [];
  const tokens = [["publisher", pat], ...(nextPat ? [["next-publisher", nextPat]] : [])];
  return new Map([...tokens, ...all, ...own] as [string, string][]);
}

/** What the engine plans, as `ghcr-fleet` reads it from a preview. Both are place to PAT. */
export function changesOf(
  state: ReadonlyMap<string, string>,
  declared: ReadonlyMap<string, string>,
): EngineChange[] {
  const gone = [...state.keys()].filter((place) => !declared.has(place));
  const different = [...declared].filter(([place, pat]) => state.get(place) !== pat);
  return [...different.map(([place]) => place), ...gone].map((place) => {
    const isToken = place in tokenKeys;
    const type = isToken ? tokenType : secretType;
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
      takesBack: false,
      isTagged: false,
      waitsFor: undefined,
      repository: isOwn ? place : undefined,
    };
  });
}

/**
 * The engine changes nothing on which something depends that is to be deleted, and is not deleted with it.
 *
 * @param ofTrial repositories whose secrets depend on the token of a trial, too
 */
export function assertTargets(
  planned: readonly EngineChange[],
  target: ReadonlySet<string>,
  ofTrial: ReadonlySet<string>,
): void {
  const targeted = Object.keys(tokenKeys).filter((token) => target.has(urnOf(tokenType, token)));
  for (const { urn, type, operation, repository = "" } of planned) {
    if (type !== secretType || operation !== "delete" || target.has(urn)) continue;
    if (targeted.some((token) => token === "publisher" || ofTrial.has(repository)))
      throw new Error(`${urn} will be destroyed but was not specified in --target list`);
  }
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
