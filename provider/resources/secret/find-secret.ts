import {
  readSecret,
  readSecretRepositories,
  rereadSecretRepositories,
  type SecretMetadata,
} from "../../../src/github/secrets/actions-secrets.ts";
import { explainFailure, explaining } from "../../../src/github/client/explain-failure.ts";
import type { GitHubClient } from "../../../src/github/client/github-client.ts";
import { isRefusal } from "../../../src/github/client/unless-refused.ts";
import type { ResourceContext } from "../../protocol/resource-type.ts";
import { idOf, placeOf, type SealedInputs, type SecretState } from "./secret-place.ts";

interface FoundSecret {
  readonly updatedAt: string;
  /** Whether it is still what this resource wrote. */
  readonly intact: boolean;
  /** Organisation secrets only: the repositories that may use it, name to id. */
  readonly repositories?: Record<string, number>;
}

/** The secret as GitHub shows it. */
export async function findSecret(
  github: GitHubClient,
  id: string,
  known: Partial<SecretState>,
): Promise<FoundSecret | undefined> {
  const [where, name = ""] = [placeOf(known), known.name];
  const metadata = await explaining(`read the secret ${id}`, () => readSecret(github, where, name));
  if (!metadata) return undefined;
  const { updatedAt, visibility } = metadata;
  const intact = known.updatedAt === updatedAt && isSelected(metadata);
  if (where.scope !== "organization") return { updatedAt, intact };
  // GitHub keeps a list only for secrets of selected repositories.
  const repositories =
    visibility === "selected"
      ? await explaining(`read who may use the secret ${id}`, () =>
          readSecretRepositories(github, where.owner, name),
        )
      : {};
  return { updatedAt, intact, repositories };
}

/** Whether nobody has written the secret, or made it visible to others, since the last update. */
export async function isUntouched(
  github: GitHubClient,
  id: string,
  state: SecretState,
): Promise<boolean> {
  const found = await explaining(`read the secret ${id}`, () =>
    readSecret(github, placeOf(state), state.name),
  );
  return found !== undefined && found.updatedAt === state.updatedAt && isSelected(found);
}

/** Secrets below the organisation have no visibility. */
function isSelected({ visibility }: SecretMetadata): boolean {
  return (visibility ?? "selected") === "selected";
}

/** Repositories that may use the organisation's secret although this resource never gave it to them. */
export function otherUsers(
  found: Readonly<Record<string, number>> | undefined,
  granted: Readonly<Record<string, number>> | undefined,
): { name: string; id: number }[] {
  const ours = new Set(Object.values(granted ?? {}));
  return Object.entries(found ?? {})
    .map(([name, id]) => ({ name, id }))
    .filter((each) => !ours.has(each.id));
}

/**
 * Warns before somebody else's value is replaced, and names the repositories that will lose the secret,
 * because only the fleet's repositories get it.
 *
 * @param before the state of this resource; nothing where it is new
 */
export async function warnOfLosses(
  github: GitHubClient,
  inputs: SealedInputs,
  before: SecretState | undefined,
  context: ResourceContext,
): Promise<void> {
  const id = idOf(inputs);
  const found = before
    ? { repositories: await listUsers(github, inputs, before.repositories ?? {}) }
    : await findSecret(github, id, inputs);
  if (!found) return;
  if (!before) context.warn(`the secret ${id} exists already and gets another value`);
  const ours = { ...before?.granted, ...inputs.repositories };
  const others = otherUsers(found.repositories, ours).map(({ name }) => name);
  if (others.length === 0) return;
  context.warn(`outside the fleet, ${others.join(", ")} will lose the secret ${id}`);
}

/** The repositories that may use an organisation's secret; none where it has no list, or is gone. */
async function listUsers(
  github: GitHubClient,
  { owner, name }: SealedInputs,
  known: Readonly<Record<string, number>>,
): Promise<Readonly<Record<string, number>>> {
  try {
    return await rereadSecretRepositories(github, owner, name, known);
  } catch (error) {
    // GitHub answers 409 for a secret of all repositories, and 404 for one that is gone.
    if (isRefusal(error, [404, 409])) return {};
    throw explainFailure(error, `read who may use the secret ${owner}/${name}`);
  }
}
