import type { Fleet, FleetRepository } from "../../fleet/fleet.ts";
import { placeIn, type SecretMetadata } from "../../github/secrets/actions-secrets.ts";
import type { SecretReader } from "../../github/secrets/secret-reader.ts";
import { explainFailure } from "../../github/client/explain-failure.ts";
import { secretKey, type StackMemory } from "./stack-memory.ts";
import { wholeDays } from "../../format-text.ts";
import type { Credential, SecretScope } from "./fleet-status.ts";

/** A secret of the fleet's name that a repository's runs could get. */
interface Reachable {
  readonly scope: SecretScope;
  readonly updatedAt: string;
}

/** The organisation's secret with the fleet's name, and which repositories get it. */
export type SharedSecret =
  | { readonly state: "absent" }
  | {
      readonly state: "present";
      readonly updatedAt: string;
      readonly reaches: (repository: FleetRepository) => boolean;
    }
  | { readonly state: "unknown"; readonly reason: string };

/** Never throws: a secret that cannot be read is unknown. */
export async function readSharedSecret(
  secrets: SecretReader,
  { owner, ownerKind, secret: { name } }: Fleet,
): Promise<SharedSecret> {
  if (ownerKind === "User") return { state: "absent" };
  try {
    const found = await secrets.read({ scope: "organization", owner }, name);
    if (!found) return { state: "absent" };
    const { updatedAt, visibility } = found;
    return {
      state: "present",
      updatedAt,
      reaches: await audience(secrets, owner, name, visibility),
    };
  } catch (error) {
    const subject = `read the secret ${name} of the organisation ${owner}`;
    return { state: "unknown", reason: explainFailure(error, subject).message };
  }
}

/** https://docs.github.com/en/rest/actions/secrets#create-or-update-an-organization-secret */
async function audience(
  secrets: SecretReader,
  owner: string,
  name: string,
  visibility: SecretMetadata["visibility"],
): Promise<(repository: FleetRepository) => boolean> {
  switch (visibility) {
    case "selected": {
      const ids = new Set(Object.values(await secrets.audience(owner, name)));
      return ({ id }) => ids.has(id);
    }
    case "private":
      return (repository) => repository.visibility !== "public";
    case "all":
    case undefined:
      return () => true;
  }
}

/**
 * The secret that a repository's runs get. The environment is only considered where the fleet's secret
 * is an environment secret. With the job's own token, there should be none.
 *
 * @throws {UserError} a secret cannot be read
 */
export async function readCredential(
  secrets: SecretReader,
  { owner, secret }: Fleet,
  repository: FleetRepository,
  shared: SharedSecret,
  { readAt, memory }: { readonly readAt: string; readonly memory: StackMemory },
): Promise<Credential> {
  if (shared.state === "unknown") return shared;
  const environments = repository.credential === "environment" ? [secret.environment] : [];
  const found = await Promise.all(
    [...environments, undefined].map(async (environment): Promise<Reachable[]> => {
      const place = placeIn({ owner, repository: repository.name, environment });
      const metadata = await secrets.read(place, secret.name);
      return metadata ? [{ scope: place.scope, updatedAt: metadata.updatedAt }] : [];
    }),
  );
  const reachable = found.flat();
  if (shared.state === "present" && shared.reaches(repository)) {
    reachable.push({ scope: "organization", updatedAt: shared.updatedAt });
  }
  return inEffect(reachable, repository.credential, ({ scope, updatedAt }) => {
    const written = memory.secrets.get(secretKey(scope, repository.name));
    return {
      ageDays: wholeDays(updatedAt, readAt),
      writtenByStack: written === undefined ? null : written === updatedAt,
    };
  });
}

/**
 * @param reachable in GitHub's order of precedence
 * @see https://docs.github.com/en/actions/concepts/security/secrets#naming-your-secrets
 */
function inEffect(
  [first, ...hidden]: readonly Reachable[],
  declared: FleetRepository["credential"],
  describe: (secret: Reachable) => { ageDays: number; writtenByStack: boolean | null },
): Credential {
  if (!first) return { state: "absent" };
  return {
    state: "present",
    scope: first.scope,
    declared: first.scope === declared,
    updatedAt: first.updatedAt,
    ...describe(first),
    shadows: hidden.map(({ scope }) => scope),
  };
}
