import type { FleetRepository } from "../../fleet/fleet.ts";
import { readSecret } from "../../github/secrets/actions-secrets.ts";
import { explaining } from "../../github/client/explain-failure.ts";
import { inspectToken, type TokenInspection } from "../../github/tokens/inspect-token.ts";
import { judgeToken } from "../../github/tokens/judge-token.ts";
import { probePush } from "../../registry/probe-push.ts";
import { reaching } from "../../registry/reaching.ts";
import { UserError } from "../../user-error.ts";
import { clientOf } from "../rollout/client-of.ts";
import type { RolloutContext } from "../rollout/plan-rollout.ts";

type Context = Pick<RolloutContext, "stack" | "tell">;

/**
 * Judges a PAT before the fleet gets it: what GitHub says of it, and whether the registry lets it
 * push the images of the repositories that are to try it.
 *
 * @throws {UserError} every reason against it at once; none quotes it
 */
export async function admitPat(
  context: Context,
  candidate: string,
  canary: readonly FleetRepository[],
): Promise<TokenInspection> {
  const { name, settings, connection, registryUrl, pat } = context.stack;
  if (candidate === pat) {
    throw new UserError(
      "that is the PAT which the stack holds already: create a new one. " +
        `Repositories that do not have it yet get it with \`ghcr-fleet rollout ${name}\``,
    );
  }
  const github = clientOf(context, candidate);
  const token = await explaining("inspect the new PAT", () => inspectToken(github, candidate));
  const reasons = judgeToken(token, { owner: settings.username, maxDays: settings.maxTokenDays });
  if (reasons.length > 0) throw new UserError(reasons.join("\n"));

  const registry = {
    url: registryUrl,
    credential: { username: token.owner, password: candidate },
  };
  const owner = connection.owner.toLowerCase();
  const refusals: string[] = [];
  for (const { image } of canary) {
    const probe = await reaching(registryUrl, "the new PAT", () =>
      probePush(registry, `${owner}/${image}`),
    );
    if (!probe.allowed)
      refusals.push(`the new PAT may not push ${owner}/${image}: ${probe.reason}`);
  }
  if (refusals.length > 0) throw new UserError(refusals.join("\n"));
  return token;
}

/**
 * A canary's own secret of that name would be overwritten by the trial, and lost after it.
 *
 * @throws {UserError} names the repositories that have one
 */
export async function assertUnshadowed(
  context: Context,
  canary: readonly FleetRepository[],
): Promise<void> {
  const shadowed = await findShadowed(context, canary);
  if (shadowed.length === 0) return;
  throw new UserError(
    `${shadowed.join(", ")} ha${shadowed.length === 1 ? "s" : "ve"} a secret ${context.stack.settings.secret.name} of the repository's own, which hides the organisation's: ` +
      `delete it, or choose another canary in fleet.waves`,
  );
}

/** Repositories, with their owner, where a secret of their own hides the organisation's. */
export async function findShadowed(
  context: Context,
  repositories: readonly Pick<FleetRepository, "name">[],
): Promise<string[]> {
  const { settings, connection } = context.stack;
  if (settings.secret.scope !== "organization") return [];
  const github = clientOf(context);
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
