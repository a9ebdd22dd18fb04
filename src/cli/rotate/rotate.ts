import type { RotationRequest } from "../../operations/rotation/rotate.ts";
import { rotateStacks } from "../../operations/rotation/rotate-stacks.ts";
import type { RotationContext } from "../../operations/rotation/credential-step.ts";
import { openStacks, type StackPlace } from "../../stack/open-stack.ts";
import { removeConfig, setSecretConfig } from "../../stack/stack-secrets.ts";
import { UsageError } from "../../user-error.ts";
import { applyInWaves, type WavesCommand } from "../stacks/apply-in-waves.ts";
import { holdStacks } from "../stacks/hold-stacks.ts";
import { commandPlace, commandStacks } from "../stacks/open-command-stacks.ts";
import { readNewPat } from "./read-new-pat.ts";

export interface RotateCommand extends WavesCommand {
  readonly fromCommand?: string;
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
  await applyInWaves(place, stacks, options, { record: true }, (shared) => {
    const contexts = stacks.map((stack): RotationContext => ({
      ...shared,
      stack,
      gates: 1,
      storePat: (key, value) =>
        value === undefined
          ? removeConfig(place, stack.name, `ghcr-fleet:${key}`)
          : setSecretConfig(place, stack.name, `ghcr-fleet:${key}`, value),
    }));
    return rotateStacks(contexts, {
      request,
      revoke: options.revoke ?? options.revokeOnly ?? false,
    });
  });
}

/** People try this; the token is then in the shell's history, and every user of the machine can see it. */
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
