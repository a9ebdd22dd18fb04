import { z } from "zod";
import type { FleetRepository } from "../../fleet/fleet.ts";
import { explaining } from "../../github/client/explain-failure.ts";
import {
  DeadToken,
  hashToken,
  inspectToken,
  type TokenInspection,
} from "../../github/tokens/inspect-token.ts";
import { judgeToken } from "../../github/tokens/judge-token.ts";
import { probePush } from "../../registry/probe-push.ts";
import { reaching } from "../../registry/reaching.ts";
import { isPublishingUrn, isTokenUrn, repositoryOf } from "../../stack/engine-change.ts";
import { exportState } from "../../stack/export-state.ts";
import type { StackEngine } from "../../stack/stack-engine.ts";
import { stackRecord } from "../../stack/stack-record.ts";
import { newPatPage } from "../../account.ts";
import { gitHubHost, type GitHubHost } from "../../github-host.ts";
import { UsageError, UserError } from "../../user-error.ts";
import { stackClient, type WavesContext } from "../waves/waves-context.ts";

/** What the stack publishes, as the last update found it. */
export interface PublishedImages {
  /** The login of the present PAT's account. */
  readonly owner: string | undefined;
  /** Those of the repositories that try a new PAT. */
  readonly canary: readonly string[];
  readonly all: readonly string[];
}

/**
 * Checks a PAT before the fleet gets it: with GitHub, and with the registry, which has to accept a push
 * of each image of the repositories that try it; of each image of the fleet, where the PAT is another
 * person's, who has other rights.
 *
 * @throws {UsageError} every reason against it at once; none quotes the PAT
 * @throws {UserError} GitHub or the registry cannot be reached
 */
export async function checkNewPat(
  context: Pick<WavesContext, "stack" | "report">,
  candidate: string,
  images: PublishedImages,
): Promise<TokenInspection> {
  const { connection, registry: registryName, registryUrl } = context.stack;
  const { token, reasons } = await inspectPat(context, candidate);
  if (!token) throw refused(gitHubHost(connection.baseUrl));
  if (reasons.length > 0) {
    throw new UsageError([...reasons, "Then run the same command again"].join("\n"));
  }

  const registry = {
    name: registryName,
    url: registryUrl,
    credential: { username: token.owner, password: candidate },
  };
  const owner = connection.owner.toLowerCase();
  const refusals: string[] = [];
  for (const image of token.owner === images.owner ? images.canary : images.all) {
    const probe = await reaching(registryUrl, "the new PAT", () =>
      probePush(registry, `${owner}/${image}`),
    );
    if (!probe.allowed)
      refusals.push(`the new PAT may not push ${owner}/${image}: ${probe.reason}`);
  }
  if (refusals.length > 0) throw new UsageError([...refusals, grantPush(token.owner)].join("\n"));
  return token;
}

function grantPush(account: string): string {
  return (
    `Give ${account} the role Write in the settings of each package, or on the repository whose access it inherits; ` +
    "where an image has no package yet, make it a member of the organisation. Then run the same command again"
  );
}

/**
 * @param role what it is in the rotation
 * @returns why the program could not give it to a repository, if it could not: its rights and its expiry may have
 *   been changed since it was checked
 */
export async function findPatProblem(
  context: Pick<WavesContext, "stack" | "report">,
  role: "new" | "old",
  pat: string | undefined,
): Promise<string | undefined> {
  if (pat === undefined) return `there is no ${role} PAT`;
  const { token, reasons } = await inspectPat(context, pat);
  if (!token) return `GitHub no longer accepts the ${role} PAT`;
  return reasons.length > 0
    ? `the ${role} PAT cannot be used any more (${reasons.join("; ")})`
    : undefined;
}

/** @returns no token where GitHub does not accept it; else with what speaks against it */
async function inspectPat(
  context: Pick<WavesContext, "stack" | "report">,
  pat: string,
): Promise<{ readonly token?: TokenInspection; readonly reasons: readonly string[] }> {
  const { username: owner, maxTokenDays: maxDays } = context.stack.settings;
  const github = stackClient(context, pat);
  try {
    const token = await explaining("inspect a PAT", () => inspectToken(github, pat));
    return { token, reasons: judgeToken(github.host, token, { owner, maxDays }) };
  } catch (error) {
    if (error instanceof DeadToken) return { reasons: [] };
    throw error;
  }
}

/** Not how to store it: that would give it to all repositories at once, without a trial. */
function refused(host: GitHubHost): UsageError {
  return new UsageError(
    "GitHub does not accept the new PAT: it has expired, was revoked, or was not copied completely. " +
      `Copy it again, or create one at ${newPatPage(host)}, then run the same command again`,
  );
}

/**
 * @param rotating those that get the new PAT; the canary tries it first
 * @throws {UserError} names repositories of the canary that were never applied
 */
export async function publishedImages(
  engine: StackEngine,
  canary: readonly FleetRepository[],
  rotating: readonly FleetRepository[],
): Promise<PublishedImages> {
  const exported = await exportState(engine);
  assertApplied(engine.name, exported.deployment, canary);
  const { packages, token } = stackRecord(exported.deployment);
  const imagesOf = (repositories: readonly FleetRepository[]) => {
    const names = new Set(repositories.map(({ name }) => name.toLowerCase()));
    const own = packages.filter(({ repository }) => names.has(repository.toLowerCase()));
    return [...new Set(own.map(({ image }) => image))];
  };
  return { owner: token?.owner, canary: imagesOf(canary), all: imagesOf(rotating) };
}

const deploymentSchema = z.object({
  resources: z.array(
    z.looseObject({ urn: z.string(), outputs: z.record(z.string(), z.unknown()).optional() }),
  ),
});

/** Whether the stack's state has this PAT: as that of the fleet, or of a trial. */
export async function isInState(engine: StackEngine, pat: string): Promise<boolean> {
  const { data } = deploymentSchema.safeParse((await exportState(engine)).deployment);
  const hash = hashToken(pat);
  const tokens = data?.resources.filter(({ urn }) => isTokenUrn(urn)) ?? [];
  return tokens.some(({ outputs }) => outputs?.["hash"] === hash);
}

/** A rotation changes what a rollout has created: the repositories that try a new PAT have to be in the stack. */
function assertApplied(
  stack: string,
  deployment: unknown,
  canary: readonly FleetRepository[],
): void {
  const { data } = deploymentSchema.safeParse(deployment);
  const urns = (data?.resources ?? []).map(({ urn }) => urn);
  const applied = new Set(urns.filter(isPublishingUrn).map(repositoryOf));
  const missing = canary.flatMap(({ name }) => (applied.has(name) ? [] : [name]));
  if (missing.length === 0) return;
  throw new UserError(
    `${missing.join(", ")} would try the new PAT, but ${missing.length === 1 ? "is" : "are"} not applied yet: ` +
      `run \`ghcr-fleet rollout ${stack}\` first. Where the stack has no valid PAT, ` +
      "put the new one where the stack reads its PAT (ghcr-fleet:patFrom, or ghcr-fleet:pat)",
  );
}
