import type { RotationRequest } from "../../operations/rotation/rotate.ts";
import { rotateStacks } from "../../operations/rotation/rotate-stacks.ts";
import type { RotationContext } from "../../operations/rotation/rotation.ts";
import type { RolloutEvent } from "../../operations/rollout/rollout-event.ts";
import { openStacks, type OpenStack, type StackPlace } from "../../stack/open-stack.ts";
import { removeConfig, setSecretConfig } from "../../stack/stack-secrets.ts";
import { exitCodeOf } from "../exit-code-of.ts";
import { holdStacks } from "../hold-stacks.ts";
import { commandPlace, commandStacks } from "../open-command-stacks.ts";
import { packsOf } from "../packs-of.ts";
import { readNewPat } from "./read-new-pat.ts";
import { realClock } from "../real-clock.ts";
import { keepHistory } from "../report/rollout-history.ts";
import { stopOnInterrupt } from "../stop-on-interrupt.ts";
import { UsageError } from "../../user-error.ts";
import { tellJson, tellLines } from "../rollout/tell-rollout.ts";

export interface RotateCommand {
  readonly fromCommand?: string;
  readonly resume?: boolean;
  readonly abort?: boolean;
  readonly revoke?: boolean;
  readonly revokeOnly?: boolean;
  readonly healthGate: boolean;
  readonly policyPackConfig?: string;
  readonly json?: boolean;
}

/**
 * `ghcr-fleet rotate`: gives stacks another PAT, one stack after the other. The process ends with 3
 * where a policy or the health gate stopped it, with 1 where something failed.
 */
export async function rotate(names: readonly string[], options: RotateCommand): Promise<void> {
  assertNoToken(names);
  const place = await commandPlace(process.cwd());
  const stacks = await commandStacks(place, names);
  await holdStacks(place.folder, stacks, () => rotateOpened(place, stacks, options));
}

async function rotateOpened(
  place: StackPlace,
  names: readonly string[],
  options: RotateCommand,
): Promise<void> {
  const stacks = await openStacks(place, names);
  const request = await requestOf(options);
  const show = (options.json ? tellJson : tellLines)(process.stdout);
  const tell = (event: RolloutEvent) => {
    keepHistory(place.folder, event, new Date());
    show(event);
  };
  const interruption = stopOnInterrupt((message) => {
    for (const { name: stack } of stacks) tell({ stack, type: "note", message });
  });
  try {
    const contexts = stacks.map((stack): RotationContext => ({
      ...contextOf(place, stack, options, interruption.signal),
      tell,
    }));
    const revoke = options.revoke ?? options.revokeOnly ?? false;
    const ends = await rotateStacks(contexts, { request, revoke });
    process.exitCode = Math.max(...ends.map(exitCodeOf));
  } finally {
    interruption.release();
  }
}

/** People try it; the shell's history and every user of the machine have the token then. */
function assertNoToken(names: readonly string[]): void {
  if (!names.some((name) => /^(?:gh[a-z]_|github_pat_)/.test(name))) return;
  throw new UsageError(
    "a token was given as an argument, where others can read it: revoke it, create another one, and give that one to the prompt, to standard input, or by --from-command",
  );
}

async function requestOf(options: RotateCommand): Promise<RotationRequest | undefined> {
  if (options.resume) return { kind: "resume" };
  if (options.abort) return { kind: "abort" };
  if (options.revokeOnly) return undefined;
  return { kind: "begin", pat: await readNewPat(options.fromCommand) };
}

function contextOf(
  place: StackPlace,
  stack: OpenStack,
  options: RotateCommand,
  stop: AbortSignal,
): Omit<RotationContext, "tell"> {
  return {
    stack,
    folder: place.folder,
    packs: packsOf(place.folder, options.policyPackConfig),
    refresh: false,
    allowRemovals: 0,
    mode: options.resume ? "resume" : "start",
    gate: options.healthGate,
    gates: 1,
    clock: realClock,
    stop,
    keepPat: (key, value) =>
      value === undefined
        ? removeConfig(place, stack.name, `ghcr-fleet:${key}`)
        : setSecretConfig(place, stack.name, `ghcr-fleet:${key}`, value),
  };
}
