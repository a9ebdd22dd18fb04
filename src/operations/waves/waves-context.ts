import { createGitHubClient, type GitHubClient } from "../../github/client/github-client.ts";
import type { Connection } from "../../github/client/load-connection.ts";
import type { OpenStack } from "../../stack/open-stack.ts";
import { formerState, isFormerUrn } from "../../stack/engine-change.ts";
import { previewStack, type EngineOptions, type EngineRun } from "../../stack/run-engine.ts";
import type { Clock } from "./health-gate.ts";
import type { RolloutEnd, RolloutEvent } from "./rollout-event.ts";

/** What applies a stack wave by wave: a rollout or a rotation. */
export interface WavesContext {
  readonly stack: OpenStack;
  /** The project's folder. */
  readonly folder: string;
  readonly packs: PolicyPacks;
  /** Whether waves wait for the repositories to publish. */
  readonly gate: boolean;
  /** Whether a wave waits until people have merged the pull requests that brought its files. */
  readonly waitsForMerges: boolean;
  /** How many stacks may wait at the same time with the same token. */
  readonly gates: number;
  readonly clock: Clock;
  /** Aborted: running writes end, and nothing new starts. */
  readonly stop: AbortSignal;
  readonly report: (event: RolloutEvent) => void;
  /** Asks whether to write what was reported as planned. Called before the first write. */
  readonly confirm: () => Promise<boolean>;
}

/** Policy packs, each with a configuration file or none. */
export interface PolicyPacks {
  readonly policyPacks?: string[];
  readonly policyPackConfigs?: string[];
}

/**
 * A client for GitHub, as the stack's administrator or with another token. Its waits are reported as notes.
 *
 * @param token `null` for anonymous calls
 */
export function stackClient(
  { stack: { name, connection }, report }: Pick<WavesContext, "stack" | "report">,
  token: Connection["token"] | null = connection.token,
): GitHubClient {
  const { baseUrl } = connection;
  const onWait = (message: string) => report({ stack: name, type: "note", message });
  return createGitHubClient({ baseUrl, token: token ?? undefined, onWait });
}

/** Previews the whole stack, whichever wave is next. */
export function previewAll(
  context: WavesContext,
  {
    packs,
    refresh,
    onEvent,
  }: Pick<EngineOptions, "onEvent"> & { readonly packs: PolicyPacks; readonly refresh: boolean },
): Promise<EngineRun> {
  return previewStack(context.stack.engine, {
    ...packs,
    refresh,
    stop: context.stop,
    ...(onEvent && { onEvent }),
    onStatus: reportStatus(context),
  });
}

/** What providers say about a resource, such as how long they wait for a limit of GitHub. */
export function reportStatus({
  stack: { name: stack },
  report,
}: Pick<WavesContext, "stack" | "report">): NonNullable<EngineOptions["onStatus"]> {
  return (message, repository) => report({ stack, type: "status", message, repository });
}

export type Refusal = Pick<RolloutEnd, "outcome" | "reasons">;

/** @returns why nothing may be applied, if the preview says so */
export function judgePreview(
  { stop }: WavesContext,
  { violations, failures, changes }: EngineRun,
): Refusal | undefined {
  if (stop.aborted) return { outcome: "stopped", reasons: [] };
  // Waves leave out resources, and the engine cannot leave out half of what replaces a record.
  if (changes.some(({ urn }) => isFormerUrn(urn))) {
    return { outcome: "failed", reasons: [formerState] };
  }
  if (violations.length > 0) {
    const reasons = violations.map(
      ({ rule, message }) => `${rule}: ${message.replaceAll("\n", " ")}`,
    );
    return { outcome: "refused", reasons };
  }
  const reasons = failures.map(({ message }) => message);
  return reasons.length > 0 ? { outcome: "failed", reasons } : undefined;
}
