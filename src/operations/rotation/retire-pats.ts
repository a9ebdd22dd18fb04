import { tokensPage } from "../../account.ts";
import type { FleetRepository } from "../../fleet/fleet.ts";
import { count } from "../../format-text.ts";
import { lacking } from "../../github-host.ts";
import { placeIn, readSecret, type SecretPlace } from "../../github/secrets/actions-secrets.ts";
import {
  readRun,
  readUnfinishedRuns,
  type WorkflowRun,
} from "../../github/actions/workflow-runs.ts";
import { explaining } from "../../github/client/explain-failure.ts";
import { isTokenAlive } from "../../github/tokens/is-token-alive.ts";
import { createReadPace, type ReadPace } from "../../github/client/pace/read-pace.ts";
import { revokeToken } from "../../github/tokens/revoke-token.ts";
import { describePatSource } from "../../pat/pat-source.ts";
import { ghcrType } from "../../stack/resource-types.ts";
import { UsageError, UserError } from "../../user-error.ts";
import { previewAll, stackClient } from "../waves/waves-context.ts";
import { storePat, type Rotation } from "./credential-step.ts";

/** Between two checks of the runs that still hold the old PAT. */
const pause = 5_000;

/**
 * Revokes the PATs that rotations replaced. Stacks of one organisation often share a PAT: none is revoked
 * before every stack uses its new one. Without `revoke` it only reports which PATs are still valid.
 *
 * @param stacks all stacks that the command names
 * @returns false where it was stopped by a person
 * @throws {UserError} an old PAT may still be needed
 */
export async function retirePats(
  rotations: readonly Rotation[],
  { revoke, stacks }: { readonly revoke: boolean; readonly stacks: readonly string[] },
): Promise<boolean> {
  const living: Rotation[] = [];
  for (const rotation of rotations) if (await isOldAlive(rotation)) living.push(rotation);
  if (!revoke) {
    for (const rotation of living) note(rotation, howToRevoke(rotation, stacks));
    return true;
  }
  for (const rotation of living) assertUnshared(rotation, rotations);
  for (const rotation of living) await assertReplaced(rotation);
  for (const rotation of living) if (!(await waitForHolders(rotation))) return false;
  for (const rotation of living) await revokeOld(rotation);
  return true;
}

function howToRevoke(rotation: Rotation, stacks: readonly string[]): string {
  const { host } = rotation.fleet;
  const page = tokensPage(host);
  const why = lacking(host, "API that revokes PATs");
  if (why !== undefined) {
    return `the old PAT is still valid, and ${why}: its owner can delete it at ${page}, once the runs that started with it have ended`;
  }
  return (
    `the old PAT is still valid. Revoke it with \`ghcr-fleet rotate ${stacks.join(" ")} --revoke-only\`, which waits for the runs that started with it, ` +
    `or as its owner at ${page}`
  );
}

function note({ context: { stack, report } }: Rotation, message: string): void {
  report({ stack: stack.name, type: "note", message });
}

/** A PAT that GitHub no longer accepts is removed from the configuration. */
async function isOldAlive(rotation: Rotation): Promise<boolean> {
  const { context, pats } = rotation;
  if (pats.previousPat === undefined) {
    const { name, patSources } = context.stack;
    note(
      rotation,
      patSources.previousPat
        ? `the old PAT is not revoked, because ${describePatSource(patSources.previousPat)} does not give it: its owner can delete it at ${tokensPage(rotation.fleet.host)}; then run \`pulumi config rm ghcr-fleet:previousPatFrom --stack ${name}\``
        : "there is no PAT to revoke: the configuration has none that a rotation replaced",
    );
    return false;
  }
  if (await isTokenAlive(stackClient(context, pats.previousPat))) return true;
  await forget(rotation, "GitHub no longer accepts the old PAT");
  return false;
}

async function revokeOld(rotation: Rotation): Promise<void> {
  const { context, pats } = rotation;
  const old = pats.previousPat ?? "";
  const ofOld = stackClient(context, old);
  // Another stack may have had the same PAT.
  if (await isTokenAlive(ofOld)) await revokeToken(stackClient(context, null), old);
  if (await isTokenAlive(ofOld)) {
    throw new UserError(
      "GitHub took the request and still accepts the old PAT: check again later with --revoke-only",
    );
  }
  await forget(rotation, "the old PAT is revoked, and GitHub no longer accepts it");
}

async function forget(rotation: Rotation, message: string): Promise<void> {
  await storePat(rotation, "previousPat", undefined);
  note(rotation, message);
}

/** @throws {UsageError} its host has no API for that */
export function assertRevocable(rotation: Rotation): void {
  const { host } = rotation.fleet;
  const why = lacking(host, "API that revokes PATs");
  if (why === undefined) return;
  throw new UsageError(
    `the old PAT of ${rotation.context.stack.name} cannot be revoked by this command: ${why}; rotate without --revoke, and let its owner delete it at ${tokensPage(host)}`,
  );
}

function assertUnshared({ context, pats }: Rotation, rotations: readonly Rotation[]): void {
  const other = rotations.find((each) => each.pats.pat === pats.previousPat);
  if (!other) return;
  const { name } = other.context.stack;
  throw new UserError(
    `the old PAT of ${context.stack.name} is not revoked, because ${name} still publishes with it: rotate ${name} first`,
  );
}

/** When every secret holds the new PAT, a preview with refresh finds nothing to write. */
async function assertReplaced({ context, pats }: Rotation): Promise<void> {
  const preview = await previewAll(context, { packs: {}, refresh: true });
  const left = preview.changes.filter(({ type }) => type === ghcrType.secret);
  const why = preview.failures[0]?.message;
  if (why === undefined && left.length === 0 && pats.nextPat === undefined) return;
  throw new UserError(
    `the old PAT is not revoked, because not every secret holds the new one${why === undefined ? "" : ` (${why})`}: ` +
      `finish with \`ghcr-fleet rotate ${context.stack.name} --resume\` or \`pulumi up --refresh\``,
  );
}

/** @returns false where it was stopped by a person */
async function waitForHolders(rotation: Rotation): Promise<boolean> {
  const { clock, stop, stack } = rotation.context;
  const { timeoutMinutes } = stack.settings.healthGate;
  const deadline = clock.now() + timeoutMinutes * 60_000;
  const pace = createReadPace();
  let holders = await readHolders(rotation, pace);
  // Runs that start from now on have the new PAT: only these runs are checked again.
  for (
    let reported = 0;
    holders.length > 0;
    holders = await stillHolding(rotation, holders, pace)
  ) {
    const { length } = holders;
    if (length !== reported)
      note(rotation, `waiting for ${count(length, "run")} that started with the old PAT`);
    reported = length;
    if (stop.aborted) return false;
    if (clock.now() >= deadline) {
      throw new UserError(
        `${count(length, "run")} that started with the old PAT have not ended, such as ${holders[0]?.run.url}: ` +
          "wait until they end or cancel them, then run again with --revoke-only",
      );
    }
    await clock.sleep(Math.max(pause, length * 1000), stop);
  }
  return true;
}

interface Holder {
  readonly repository: string;
  readonly run: WorkflowRun;
}

/** Runs read their secrets when they are queued: runs from before the change hold the old PAT. */
async function readHolders(rotation: Rotation, pace: ReadPace): Promise<Holder[]> {
  const { context, fleet } = rotation;
  const github = stackClient(context);
  const { owner, secret, repositories } = fleet;
  const placeOf = ({ name: repository, credential }: FleetRepository): SecretPlace => {
    if (credential === "repository" || credential === "environment") {
      const environment = credential === "environment" ? secret.environment : undefined;
      return placeIn({ owner, repository, environment });
    }
    // One that publishes with the job's own token now may have had it when its runs were queued.
    return { scope: "organization", owner };
  };
  const found = repositories.map((each) => {
    const { name: repository } = each;
    return explaining(`look for runs of ${owner}/${repository}`, async () => {
      const runs = await readUnfinishedRuns(github, { owner, repository }, pace);
      if (runs.length === 0) return [];
      const written = await readSecret(github, placeOf(each), secret.name);
      const old = mayHoldOld(rotation, each, runs, written?.updatedAt);
      return old.map((run): Holder => ({ repository, run }));
    });
  });
  return (await Promise.all(found)).flat();
}

/**
 * The runs of a repository that may hold the old PAT.
 *
 * @param runs those that have not ended
 * @param writtenAt when the secret was last written, ISO-8601; absent where there is none
 */
export function mayHoldOld<Run extends Pick<WorkflowRun, "startedAt">>(
  { canary }: Pick<Rotation, "canary">,
  { name: repository, credential }: Pick<FleetRepository, "name" | "credential">,
  runs: readonly Run[],
  writtenAt: string | undefined,
): Run[] {
  // Where a trial was undone, the PAT was in a secret of the repository, whose deletion has no time.
  const isTried = canary.some(({ name }) => name === repository);
  if (credential === "organization" && isTried) return [...runs];
  const since = Date.parse(writtenAt ?? "");
  // GitHub's times are whole seconds: in the same one, a run may have been first.
  return runs.filter(({ startedAt }) => !(Date.parse(startedAt) > since));
}

/** A run that was repeated has read its secrets again. */
async function stillHolding(
  { context, fleet: { owner } }: Rotation,
  holders: readonly Holder[],
  pace: ReadPace,
): Promise<Holder[]> {
  const github = stackClient(context);
  const looks = holders.map((holder) =>
    explaining(`read a run of ${owner}/${holder.repository}`, async () => {
      const { repository, run } = holder;
      const now = await pace(() => readRun(github, { owner, repository }, run.id));
      return now.conclusion === undefined && now.attempt === run.attempt ? [holder] : [];
    }),
  );
  return (await Promise.all(looks)).flat();
}
