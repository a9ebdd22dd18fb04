import type { RotationRequest } from "../../operations/rotation/rotate.ts";
import { rotateStacks } from "../../operations/rotation/rotate-stacks.ts";
import type { RotationContext } from "../../operations/rotation/credential-step.ts";
import {
  describePatSource,
  parsePatSource,
  patKeys,
  type PatSource,
} from "../../pat/pat-source.ts";
import { patPlaceOf, rotateCommand } from "../../pat/rotate-command.ts";
import { withPat } from "../../fleet/fleet.ts";
import { createGitHubClient } from "../../github/client/github-client.ts";
import { findStackFleet } from "../../stack/find-fleet.ts";
import { printNote } from "../terminal/print-note.ts";
import { assertNoPatEnvironment } from "../../stack/find-pat-environment.ts";
import { assertNoLeftLock } from "../../stack/file-backend/stack-lock.ts";
import { openStacks, type OpenStack, type StackPlace } from "../../stack/open-stack.ts";
import { removeConfig, setPatSource, setSecretConfig } from "../../stack/stack-secrets.ts";
import { UsageError } from "../../user-error.ts";
import { applyInWaves, type WavesCommand } from "../stacks/apply-in-waves.ts";
import { assertCanConfirm } from "../terminal/confirm.ts";
import { holdStacks } from "../stacks/hold-stacks.ts";
import { commandPlace, commandStacks } from "../stacks/open-command-stacks.ts";
import { readNewPat, readNewPatFrom } from "./read-new-pat.ts";
import { withRotationPats } from "./with-rotation-pats.ts";

export interface RotateCommand extends WavesCommand {
  readonly fromCommand?: string;
  readonly fromEnv?: string;
  readonly fromFile?: string;
  readonly resume?: boolean;
  readonly abort?: boolean;
  readonly revoke?: boolean;
  readonly revokeOnly?: boolean;
}

/**
 * `ghcr-fleet rotate`: gives stacks another PAT, one stack after the other. The process ends with 3
 * where a policy or the health gate stopped it, with 1 where something failed.
 */
export async function rotate(names: readonly string[], options: RotateCommand): Promise<void> {
  assertNoToken(names);
  const from = newPlaceOf(options);
  assertCanConfirm(options, "ghcr-fleet rotate");
  const place = await commandPlace(process.cwd());
  const stacks = await commandStacks(place, names);
  await assertNoLeftLock(place, stacks);
  await holdStacks(place.folder, stacks, () => rotateOpened(place, stacks, options, from));
}

async function rotateOpened(
  place: StackPlace,
  names: readonly string[],
  options: RotateCommand,
  from: PatSource | undefined,
): Promise<void> {
  const opened = await openStacks(place, names);
  const isBegin = !(options.resume ?? options.abort ?? options.revokeOnly ?? false);
  if (isBegin) {
    for (const stack of opened) {
      await assertRotates(stack);
      await assertNoPatEnvironment(place, stack);
      assertOtherPlace(stack, from);
    }
  }
  const needsOld = options.revokeOnly ?? false;
  const stacks = await Promise.all(opened.map((stack) => withRotationPats(stack, place, needsOld)));
  const request = await requestOf(options, from, stacks);
  const pat = request?.kind === "begin" ? request.pat : undefined;
  const asks = { ...options, question: questionOf(options, names) };
  await applyInWaves(place, stacks, asks, { record: true }, (shared) => {
    const contexts = stacks.map((stack): RotationContext => ({
      ...shared,
      stack,
      gates: 1,
      // A rotation changes no files.
      waitsForMerges: false,
      storePat: patStore(
        place,
        stack,
        pat === undefined ? undefined : from && [pat, from],
        (message) => shared.report({ stack: stack.name, type: "note", message }),
      ),
    }));
    return rotateStacks(contexts, {
      request,
      revoke: options.revoke ?? options.revokeOnly ?? false,
    });
  });
}

/** @throws {UsageError} no repository publishes with the PAT */
async function assertRotates(stack: OpenStack): Promise<void> {
  const { name, connection } = stack;
  const github = createGitHubClient({ ...connection, onWait: printNote });
  const { repositories } = await findStackFleet(github, stack);
  if (withPat(repositories).length > 0) return;
  throw new UsageError(
    `${name} has nothing to rotate: every repository publishes with the job's own token (credential: job-token)`,
  );
}

function questionOf(
  { resume, abort, revokeOnly }: RotateCommand,
  names: readonly string[],
): string {
  const stacks = names.join(", ");
  if (abort) return `Undo the rotation of ${stacks}?`;
  if (revokeOnly) return `Revoke the old PAT of ${stacks}?`;
  return resume ? `Continue the rotation of ${stacks}?` : `Rotate the PAT of ${stacks}?`;
}

/**
 * Stacks whose configuration names the place of the PAT get the place of the new one, not its value.
 *
 * @param fresh the new PAT and its place, if the command names one
 */
function patStore(
  place: StackPlace,
  stack: OpenStack,
  fresh: readonly [pat: string, source: PatSource] | undefined,
  note: (message: string) => void,
): RotationContext["storePat"] {
  const { name, patSources } = stack;
  const sources = new Map<string, PatSource>();
  for (const key of patKeys) {
    const [pat, source] = [stack[key], patSources[key]];
    if (pat !== undefined && source) sources.set(pat, source);
  }
  if (fresh && patSources.pat) sources.set(...fresh);
  // Also one whose place cannot be read stays in the configuration, which must not have both.
  const usesPlaces = sources.size > 0 || Object.keys(patSources).length > 0;
  return async (key, value) => {
    const stored = `ghcr-fleet:${key}`;
    const source = value === undefined ? undefined : sources.get(value);
    if (!source) {
      if (usesPlaces) await removeConfig(place, name, `${stored}From`);
      return value === undefined
        ? removeConfig(place, name, stored)
        : setSecretConfig(place, name, stored, value);
    }
    await removeConfig(place, name, stored);
    await setPatSource(place, name, `${stored}From`, source);
    if (key === "pat") {
      note(
        `from now on the stack reads its PAT from ${describePatSource(source)}: commit its configuration, and make that place available wherever the stack is applied`,
      );
    }
  };
}

/** The place of the new PAT, if an option names one. */
function newPlaceOf({ fromCommand, fromEnv, fromFile }: RotateCommand): PatSource | undefined {
  const named = { command: fromCommand, env: fromEnv, file: fromFile };
  const [given] = Object.entries(named).filter(([, value]) => value !== undefined);
  if (!given) return undefined;
  const [kind, value] = given as [keyof typeof named, string];
  assertNoToken([value]);
  try {
    return parsePatSource({ value: JSON.stringify({ [kind]: value }), secret: false }, kind);
  } catch (error) {
    // Its message shows how to configure a stack, which would skip the trial.
    throw error instanceof UsageError ? new UsageError(placeProblems[kind]) : error;
  }
}

const placeProblems = {
  command:
    "--from-command: this is not one line of a shell's command; write --from-command 'op read op://ci/ghcr/pat-b'",
  env: "--from-env: this is not the name of an environment variable; write --from-env GHCR_FLEET_PAT_B",
  file: "--from-file: this is not the absolute path of a file; write --from-file /run/secrets/ghcr-pat-b",
} as const;

/** Both PATs are read until the rotation ends, so the new one may not replace the old one in its place. */
function assertOtherPlace({ name, patSources }: OpenStack, from: PatSource | undefined): void {
  if (!patSources.pat) return;
  const place = describePatSource(patSources.pat);
  const command = rotateCommand(name, patPlaceOf(patSources.pat));
  if (!from) {
    throw new UsageError(
      `${name} reads its PAT from ${place}, and no PAT is stored in its configuration: store the new one in another place, and name it with --from-env, --from-command or --from-file: \`${command}\``,
    );
  }
  if (place !== describePatSource(from)) return;
  if (patSources.nextPat && place === describePatSource(patSources.nextPat)) {
    throw new UsageError(
      `a rotation of ${name} is not finished, and ${place} has its new PAT: ` +
        `continue it with \`ghcr-fleet rotate ${name} --resume\`, also after you replaced the PAT there; or undo it with --abort`,
    );
  }
  throw new UsageError(
    `${name} reads its PAT from ${place} already. A rotation tries the new PAT beside the old one, so it needs a place of its own: \`${command}\`. ` +
      `Without a trial: overwrite the PAT there, and run \`ghcr-fleet rollout ${name}\``,
  );
}

/** People try this; the token is then in the shell's history, and every user of the machine can see it. */
function assertNoToken(names: readonly string[]): void {
  if (
    !names.some((name) => /^(?:gh[a-z]_|github_pat_)|\b(?:gh[a-z]_|github_pat_)\w{16,}/.test(name))
  )
    return;
  throw new UsageError(
    "a token was given as an argument, where others can read it: revoke it, create another one, and give that one to the prompt, to standard input, or by --from-command, --from-env or --from-file",
  );
}

async function requestOf(
  options: RotateCommand,
  from: PatSource | undefined,
  stacks: readonly OpenStack[],
): Promise<RotationRequest | undefined> {
  if (options.resume) return { kind: "resume" };
  if (options.abort) return { kind: "abort" };
  if (options.revokeOnly) return undefined;
  const names = stacks.map(({ name }) => name);
  if (!from) return { kind: "begin", pat: await readNewPat(names) };
  // The provider runs the command too, and cannot ask anybody.
  const interactive = stacks.every(({ patSources }) => !patSources.pat);
  const pat = await readNewPatFrom(from, names, { environment: process.env, interactive });
  return { kind: "begin", pat };
}
