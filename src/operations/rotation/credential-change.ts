import type { EngineChange } from "../../stack/engine-change.ts";

/** What a change of the PAT brings along: the tokens, the secrets, and what is derived from them. */
const credentialTypes: ReadonlySet<string> = new Set([
  "ghcr:index:RegistryToken",
  "ghcr:index:RegistrySecret",
  "ghcr:index:RegistryVariable",
  "ghcr:index:PackageAccess",
  "github:index/actionsOrganizationVariable:ActionsOrganizationVariable",
  "random:index/randomPet:RandomPet",
]);

/**
 * Whether a change belongs to a rotation. What else is pending, files above all, waits for a
 * rollout; of deletions only the end of a trial belongs here.
 *
 * @param fleet names of the repositories that stay
 */
export function isCredentialChange(
  { type, operation, urn, repository }: EngineChange,
  fleet: ReadonlySet<string>,
): boolean {
  if (!credentialTypes.has(type)) return false;
  if (operation !== "delete") return true;
  if (type === "ghcr:index:RegistryToken") return urn.endsWith("::next-publisher");
  return type === "ghcr:index:RegistrySecret" && repository !== undefined && fleet.has(repository);
}

/** Whether it publishes with a token: its secret, or its package. */
export function usesToken(urn: string): boolean {
  return /ghcr:index:(?:RegistrySecret|PackageAccess)::/.test(urn);
}
