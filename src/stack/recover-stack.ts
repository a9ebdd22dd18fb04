import { ConcurrentUpdateError } from "@pulumi/pulumi/automation/errors.js";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import { UserError } from "../user-error.ts";
import { repositoryOf } from "./engine-change.ts";
import { exportState } from "./export-state.ts";
import { engineErrors, lockHolder, plain } from "./engine-errors.ts";
import { keepCopy } from "./run-engine.ts";
import type { StackEngine } from "./stack-engine.ts";

/** An operation that was not finished when the engine was killed. */
interface PendingOperation {
  /** `creating`, `updating`, `deleting`, … */
  readonly kind: string;
  readonly urn: string;
  /** Absent for a resource that all repositories share. */
  readonly repository: string | undefined;
}

export interface Recovery {
  /** Holder of the lock that was removed, such as `root@host (pid 4711)`; absent where there was none. */
  readonly lock: string | undefined;
  /** Removed from the state; the next update finds what they wrote. */
  readonly pending: readonly PendingOperation[];
  /** What the providers say about repositories, such as one that was deleted. */
  readonly warnings: readonly string[];
  /** How many resources differed from the state, by kind: `update`, `delete`. */
  readonly differences: Readonly<Record<string, number>>;
}

interface RecoveryOptions {
  readonly engine: StackEngine;
  /** Name of this machine, as the engine writes it into locks. */
  readonly host: string;
  /** Whether a process of this machine is running. */
  readonly isAlive: (pid: number) => Promise<boolean>;
  /** Remove a lock even if it is in use. */
  readonly force: boolean;
}

const deploymentSchema = z.looseObject({
  pending_operations: z
    .array(z.looseObject({ type: z.string(), resource: z.looseObject({ urn: z.string() }) }))
    .nullish(),
});

/**
 * Repairs a stack after the engine was killed: removes its lock, drops its unfinished operations from the
 * state, and reads the current state from GitHub. Nothing on GitHub is written.
 *
 * @throws {UserError} an update of this machine is still running, or another machine holds the lock
 */
export async function recoverStack(options: RecoveryOptions): Promise<Recovery> {
  const { engine } = options;
  const pending = await readPending(engine);
  await keepCopy(engine);
  const { lock, ...refreshed } = await refreshUnlocked(await engine.automation(), (holder) =>
    assertDead(holder, options),
  );
  await dropPending(engine);
  return { lock, pending, ...refreshed };
}

async function readPending(engine: StackEngine): Promise<PendingOperation[]> {
  const state = await exportState(engine);
  const operations = deploymentSchema.parse(state.deployment).pending_operations ?? [];
  return operations.map(({ type: kind, resource: { urn } }) => ({
    kind,
    urn,
    repository: repositoryOf(urn),
  }));
}

async function refreshUnlocked(
  stack: Stack,
  assertReleasable: (holder: string) => Promise<void>,
): Promise<Pick<Recovery, "lock" | "warnings" | "differences">> {
  try {
    return { lock: undefined, ...(await refresh(stack)) };
  } catch (error) {
    if (!(error instanceof ConcurrentUpdateError)) throw error;
    const holder = lockHolder(error.message);
    await assertReleasable(holder);
    await stack.cancel();
    return { lock: holder, ...(await refresh(stack)) };
  }
}

async function refresh(stack: Stack): Promise<Pick<Recovery, "warnings" | "differences">> {
  const warnings = new Set<string>();
  let counts: Readonly<Record<string, number>> = {};
  const onEvent = ({ diagnosticEvent, summaryEvent }: EngineEvent) => {
    if (summaryEvent) counts = summaryEvent.resourceChanges;
    if (diagnosticEvent?.severity !== "warning" || diagnosticEvent.ephemeral) return;
    warnings.add(plain(diagnosticEvent.message));
  };
  const run = (runProgram: boolean) =>
    stack.refresh({ clearPendingCreates: true, onEvent, runProgram });
  // Without the program, the admin token is that of the last update, which may be invalid by now. That comes first,
  // because the program may be what cannot run.
  const refreshing = run(false).catch((error: unknown) => {
    if (error instanceof ConcurrentUpdateError) throw error;
    warnings.clear();
    return run(true);
  });
  await explainingRefresh(stack.name, refreshing);
  const differences = Object.fromEntries(
    Object.entries(counts).filter(([operation]) => operation !== "same"),
  );
  return { warnings: [...warnings], differences };
}

async function explainingRefresh<T>(name: string, refreshing: Promise<T>): Promise<T> {
  try {
    return await refreshing;
  } catch (error) {
    if (error instanceof ConcurrentUpdateError) throw error;
    const reasons = engineErrors(error, name);
    if (reasons.length === 0) throw error;
    throw new UserError(
      [
        "the stack is not repaired yet, because its refresh failed; run the command again:",
        ...reasons,
      ].join("\n  "),
    );
  }
}

/** A refresh clears creations and what it could read; what is left would stop the next update. */
async function dropPending(engine: StackEngine): Promise<void> {
  const state = await exportState(engine);
  const deployment = deploymentSchema.parse(state.deployment);
  if ((deployment.pending_operations ?? []).length === 0) return;
  const stack = await engine.automation();
  await stack.importStack({ ...state, deployment: { ...deployment, pending_operations: [] } });
}

async function assertDead(
  holder: string,
  { engine, host, isAlive, force }: RecoveryOptions,
): Promise<void> {
  if (force) return;
  const [, machine, pid] = /@(\S+) \(pid (\d+)\)$/.exec(holder) ?? [];
  const anyway = `ghcr-fleet recover ${engine.name} --force`;
  if (machine !== host) {
    throw new UserError(
      `the lock is held by ${holder}, not by this machine (${host}): make sure that nothing runs there, then remove it: ${anyway}`,
    );
  }
  if (!(await isAlive(Number(pid)))) return;
  throw new UserError(
    `an update of this stack is running, by ${holder}: wait until it ends, or interrupt it with Ctrl-C. ` +
      `If that process is a different one by now: ${anyway}`,
  );
}
