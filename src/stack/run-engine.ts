import type { DeclinedPullRequest } from "../properties/delivered-files.ts";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation/index.js";
import { laterWavesVariable } from "../fleet/plan-waves.ts";
import { repositoryOf, toChange, type EngineChange } from "./engine-change.ts";
import { engineErrors, plain } from "./engine-errors.ts";
import { keepStateCopy } from "./file-backend/state-copies.ts";
import { stackFiles } from "./file-backend/stack-files.ts";
import type { StackEngine } from "./stack-engine.ts";
import { ghcrType } from "./resource-types.ts";

/** A broken mandatory rule. */
export interface Violation {
  readonly rule: string;
  readonly urn: string | undefined;
  /** The rule, how it is broken, and the fix. */
  readonly message: string;
}

/** An error of the engine or a provider. */
interface EngineFailure {
  /** Absent where the whole stack is affected. */
  readonly repository: string | undefined;
  readonly message: string;
}

/** The result of the run for a repository's files. */
interface WrittenFiles {
  readonly repository: string;
  /** The commit that this run made. */
  readonly commit: string | undefined;
  /** The pull request that waits for a person. */
  readonly pullRequestUrl: string | undefined;
  /** The pull request that a person closed without a merge. */
  readonly declined: DeclinedPullRequest | undefined;
}

export interface EngineRun {
  /** Whether the engine ended without an error. */
  readonly succeeded: boolean;
  /** The URNs of the resources that the stack had before. */
  readonly existing: readonly string[];
  /** In order; planned by a preview, done by an update. */
  readonly changes: readonly EngineChange[];
  readonly failures: readonly EngineFailure[];
  /** What providers and program warn of, each once: `api: no label "ci"`, or without a repository. */
  readonly warnings: readonly string[];
  readonly violations: readonly Violation[];
  readonly written: readonly WrittenFiles[];
}

export interface EngineOptions {
  /** Policy packs; `policyPackConfigs` are their configuration files, in the same order. */
  readonly policyPacks?: string[];
  readonly policyPackConfigs?: string[];
  readonly refresh?: boolean;
  /** Whether a refresh takes the admin token from the configuration: alone, it uses that of the last update. */
  readonly runProgram?: boolean;
  /** Number of operations at once. */
  readonly parallel?: number;
  /** URNs: if given, all other resources are left out. */
  readonly target?: string[];
  /** Left out, with all that depends on them. */
  readonly exclude?: string[];
  /** How many waves come after this update, which the program has to know. */
  readonly laterWaves?: number;
  /** The URNs of what the stack has, for an update that refreshes and excludes what it may not have yet. */
  readonly existing?: readonly string[];
  /**
   * Whether an update ends at the first failure instead of going on with what does not depend on it.
   * Needed where it deletes what others may still use: after a failure, engines 3.274 to 3.276 delete
   * what a skipped resource depends on, and the state that they write cannot be read again.
   */
  readonly stopsAtFailure?: boolean;
  /** Aborted: running writes end, and nothing new begins. */
  readonly stop?: AbortSignal;
  /** Called for each event of the engine. */
  readonly onEvent?: (event: EngineEvent) => void;
  /** Called for each change when it is planned or done. */
  readonly onChange?: (change: EngineChange) => void;
  /** Called for what providers report about a resource, such as how long they wait. */
  readonly onStatus?: (message: string, repository: string | undefined) => void;
}

/** What an update would change, judged by the policy packs. Nothing is written. */
export async function previewStack(
  engine: StackEngine,
  options: EngineOptions,
): Promise<EngineRun> {
  const stack = await engine.automation();
  return observe(engine.name, options, (own) => stack.preview(own));
}

/**
 * Reads what the state has of some resources from GitHub, so that the next preview shows what a person changed.
 *
 * @throws {UserError} the state is incomplete, or no copy of it can be kept
 */
export async function refreshStack(
  engine: StackEngine,
  options: EngineOptions & { readonly target: string[] },
): Promise<EngineRun> {
  await keepCopy(engine);
  const stack = await engine.automation();
  return observe(engine.name, { ...options, runProgram: true }, (own) => stack.refresh(own));
}

/**
 * Applies what a preview showed. A repository that fails does not stop the others, unless asked to.
 *
 * @throws {UserError} the state is incomplete, or no copy of it can be kept
 */
export async function updateStack(
  engine: StackEngine,
  { stopsAtFailure = false, existing, laterWaves = 0, ...options }: EngineOptions,
): Promise<EngineRun> {
  await keepCopy(engine);
  const stack = await engine.automation();
  const { refresh = false, exclude = [] } = options;
  const known = exclude.filter((urn) => existing?.includes(urn) ?? true);
  // A refresh does not accept a URN that the state does not have, and an update needs it.
  const isSplit = refresh && known.length < exclude.length;
  if (isSplit) {
    const before = { ...options, exclude: known, runProgram: true };
    const refreshed = await observe(engine.name, before, (own) => stack.refresh(own));
    if (!refreshed.succeeded) return refreshed;
  }
  const rest = isSplit ? { ...options, refresh: false } : options;
  const { environment } = engine;
  environment[laterWavesVariable] = String(laterWaves);
  try {
    return await observe(engine.name, rest, (own) =>
      stack.up({ ...own, continueOnError: !stopsAtFailure }),
    );
  } finally {
    delete environment[laterWavesVariable];
  }
}

/** @throws {UserError} the state is incomplete, or no copy of it can be kept */
export async function keepCopy(engine: StackEngine): Promise<void> {
  const files = await stackFiles(engine, engine.name);
  if (files) await keepStateCopy(files);
}

type OwnOptions = Parameters<Stack["preview"]>[0] &
  Parameters<Stack["up"]>[0] &
  Parameters<Stack["refresh"]>[0];

async function observe(
  name: string,
  options: EngineOptions,
  run: (options: OwnOptions) => Promise<unknown>,
): Promise<EngineRun> {
  const { stop, onEvent, onChange, onStatus, exclude = [], ...passed } = options;
  const log = createRunLog(onChange, onStatus);
  const interruption = interrupt(stop, log.wasInterrupted);
  try {
    await run({
      ...passed,
      ...(exclude.length > 0 && { exclude, excludeDependents: true }),
      onEvent(event) {
        log.onEvent(event);
        onEvent?.(event);
      },
      signal: interruption.signal,
    });
    return { succeeded: true, ...log.results() };
  } catch (error) {
    const results = log.results();
    const explained = results.failures.length + results.violations.length > 0 || stop?.aborted;
    if (explained) return { succeeded: false, ...results };
    const failures = engineErrors(error, name).map((message) => ({
      repository: undefined,
      message,
    }));
    if (failures.length === 0) throw error;
    return { succeeded: false, ...results, failures };
  } finally {
    interruption.release();
  }
}

function createRunLog(
  onChange: EngineOptions["onChange"] = () => {},
  onStatus: EngineOptions["onStatus"] = () => {},
) {
  const changes = new Map<string, EngineChange>();
  const existing = new Set<string>();
  const failures: EngineFailure[] = [];
  const warnings = new Set<string>();
  const violations: Violation[] = [];
  const written: WrittenFiles[] = [];
  let interrupted = false;

  function onEvent(event: EngineEvent): void {
    const { resOutputsEvent, diagnosticEvent, policyEvent, stdoutEvent } = event;
    if (resOutputsEvent) {
      const { urn, old } = resOutputsEvent.metadata;
      if (old) existing.add(urn);
      for (const change of toChange(resOutputsEvent.metadata)) {
        const key = `${change.operation} ${change.urn}`;
        // A component is reported twice: registered, and with its outputs.
        if (!changes.has(key)) onChange(change);
        changes.set(key, change);
      }
      written.push(...toWritten(resOutputsEvent.metadata));
    }
    if (policyEvent?.enforcementLevel === "mandatory") {
      const { policyName, resourceUrn, message } = policyEvent;
      violations.push({ rule: policyName, urn: resourceUrn, message: plain(message) });
    }
    if (diagnosticEvent) {
      const { severity, message, urn } = diagnosticEvent;
      const repository = urn === undefined ? undefined : repositoryOf(urn);
      if (severity === "error" && !isEcho(message)) {
        failures.push({ repository, message: plain(message) });
      }
      if (severity === "warning" && !diagnosticEvent.ephemeral) {
        warnings.add(
          repository === undefined ? plain(message) : `${repository}: ${plain(message)}`,
        );
      }
      if (severity === "info" || severity === "warning") onStatus(plain(message), repository);
    }
    if (stdoutEvent?.message.includes("^C received")) interrupted = true;
  }

  return {
    onEvent,
    wasInterrupted: () => interrupted,
    results: () => ({
      existing: [...existing],
      changes: [...changes.values()],
      failures,
      warnings: [...warnings],
      violations,
      written,
    }),
  };
}

interface PublishingOutputs {
  readonly commitSha?: string | null;
  readonly pullRequestUrl?: string | null;
  readonly declined?: DeclinedPullRequest | null;
}

function toWritten({
  type,
  urn,
  old,
  new: next,
}: NonNullable<EngineEvent["resOutputsEvent"]>["metadata"]): WrittenFiles[] {
  const repository = repositoryOf(urn);
  if (type !== ghcrType.publishing || repository === undefined || !next) return [];
  // The engine reports an absent output as null.
  const { commitSha, pullRequestUrl, declined } = next.outputs as PublishingOutputs;
  const isNew = commitSha !== old?.outputs["commitSha"];
  return [
    {
      repository,
      commit: (isNew && commitSha) || undefined,
      pullRequestUrl: pullRequestUrl ?? undefined,
      declined: declined ?? undefined,
    },
  ];
}

/** Ctrl-C in a terminal reaches the engine directly; it reports that within this time. */
const acknowledgeMilliseconds = 500;

/**
 * Passes an interruption on to the engine, once: a second one would make it drop running writes.
 *
 * @see https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/backend/cancellation_scope.go
 */
function interrupt(stop: AbortSignal | undefined, wasInterrupted: () => boolean) {
  const controller = new AbortController();
  const pass = () =>
    setTimeout(() => {
      if (!wasInterrupted()) controller.abort();
    }, acknowledgeMilliseconds);
  stop?.addEventListener("abort", pass, { once: true });
  if (stop?.aborted) controller.abort();
  return {
    signal: controller.signal,
    release: () => stop?.removeEventListener("abort", pass),
  };
}

/** Errors that only repeat another one, or that follow from it. */
function isEcho(message: string): boolean {
  return /^(?:preview|update) failed$|\] failed to register$|context canceled$|^sdk-v2\/provider\d\.go:/m.test(
    plain(message),
  );
}
