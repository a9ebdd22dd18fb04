import type { FleetRepository } from "../../fleet/fleet.ts";
import { explaining } from "../../github/client/explain-failure.ts";
import { readSecret, type SecretPlace } from "../../github/secrets/actions-secrets.ts";
import { readStackRecord } from "../../stack/export-state.ts";
import { UserError } from "../../user-error.ts";
import { stackClient, type WavesContext } from "../waves/waves-context.ts";

type Context = Pick<WavesContext, "stack" | "report">;

/**
 * Repositories, as `owner/name`, whose own secret hides the organisation's.
 *
 * @param repositories those that share it
 */
export async function findShadowed(
  context: Context,
  repositories: readonly Pick<FleetRepository, "name">[],
): Promise<string[]> {
  const { settings, connection } = context.stack;
  const github = stackClient(context);
  const { owner } = connection;
  const shadowed: string[] = [];
  for (const { name: repository } of repositories) {
    const place = { scope: "repository", owner, repository } as const;
    const found = await explaining(`read the secrets of ${owner}/${repository}`, () =>
      readSecret(github, place, settings.secret.name),
    );
    if (found) shadowed.push(`${owner}/${repository}`);
  }
  return shadowed;
}

/**
 * A trial would overwrite a canary's own secret of that name, and delete it at its end.
 *
 * @throws {UserError} names the repositories that have one
 */
export async function assertUnshadowed(
  context: Context,
  canary: readonly FleetRepository[],
): Promise<void> {
  const { secrets } = await readStackRecord(context.stack.engine);
  // What the stack wrote itself is left from a trial that could not be undone; the next one writes it again.
  const own = new Set(secrets.flatMap(({ place }) => repositoryWith(place)));
  const others = canary.filter(({ name }) => !own.has(name.toLowerCase()));
  const shadowed = await findShadowed(context, others);
  if (shadowed.length === 0) return;
  throw new UserError(
    `${shadowed.join(", ")} ha${shadowed.length === 1 ? "s" : "ve"} a secret ${context.stack.settings.secret.name} of the repository's own, which hides the organisation's: ` +
      `delete it, or choose another canary in fleet.waves`,
  );
}

function repositoryWith(place: SecretPlace): string[] {
  return place.scope === "repository" ? [place.repository.toLowerCase()] : [];
}

/**
 * What a person has to delete after a trial: when a run was killed right after it wrote a secret, the
 * state does not contain that secret.
 */
export async function leftShadows(
  context: Context,
  repositories: readonly Pick<FleetRepository, "name">[],
): Promise<string[]> {
  const { name, settings } = context.stack;
  return (await findShadowed(context, repositories)).map(
    (repository) =>
      `${repository} still has a secret ${settings.secret.name} of its own, which hides the organisation's: ` +
      `delete it with \`ghcr-fleet drift ${name} --fix --delete-shadows\``,
  );
}
