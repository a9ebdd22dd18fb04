import type { ActionsEvent } from "../host/actions-event.ts";
import type { ActionsHost, ActionsRepository } from "../host/actions-host.ts";
import type { Permissions } from "../language/permissions.ts";
import type { Run } from "../records/run-record.ts";

/** Folders of one job; they are gone when the job is over. */
export interface JobFolders {
  readonly root: string;
  /** `github.workspace` */
  readonly workspace: string;
  readonly home: string;
  /** `runner.temp` */
  readonly temp: string;
  readonly toolCache: string;
  /** Actions of other repositories. */
  readonly actions: string;
}

/** What an action can see and do while it runs. */
export interface ActionStep {
  readonly host: ActionsHost;
  readonly repository: ActionsRepository;
  readonly run: Run;
  readonly event: ActionsEvent;
  readonly folders: JobFolders;
  /** The step's environment, e.g. `DOCKER_METADATA_SHORT_SHA_LENGTH`. */
  readonly env: Readonly<Record<string, string>>;
  readonly permissions: Permissions;
  /** The job's GITHUB_TOKEN. */
  readonly token: string;
  readonly signal: AbortSignal;
  /** A trimmed input, its default, or empty. */
  input(name: string): string;
  /** @throws StepFailure if one of these is given, for the simulator does not support them */
  refuseInputs(...names: readonly string[]): void;
  /** @throws StepFailure if it is empty */
  required(name: string): string;
  /** An input with its surrounding white space, which separators consist of. */
  untrimmed(name: string): string;
  /** @throws StepFailure for anything but the YAML 1.2 core schema's booleans */
  flag(name: string): boolean;
  /** A list input: one item a line, without empty lines and `#` comments. */
  lines(name: string): string[];
  info(text: string): void;
  group(title: string, lines: readonly string[]): void;
  warning(text: string): void;
  setOutput(name: string, value: string): void;
  /** For the steps that follow. */
  exportVariable(name: string, value: string): void;
  /** Puts a folder in front of PATH, for the steps that follow. */
  addPath(folder: string): void;
  mask(value: string): void;
  summarize(markdown: string): void;
  /** Whether nothing in the job has failed so far, and nobody cancelled it. */
  succeeded(): boolean;
  /**
   * Runs a program of the runner.
   * @param onLine receives its output; without it, the output is logged
   * @returns its exit code; nothing if the program does not exist
   */
  execute(
    command: readonly [string, ...string[]],
    folder: string,
    onLine?: (line: string) => void,
  ): Promise<number | undefined>;
  /** Runs at the end of the job, the last action first. */
  after(run: () => Promise<void> | void): void;
}

export interface KnownAction {
  /** All inputs with their defaults; `${{ github.token }}` is the job's token. */
  readonly inputs: Readonly<Record<string, string>>;
  /** @throws StepFailure */
  run(step: ActionStep): Promise<void> | void;
}

/** Inputs without a default. */
export function inputs(names: string): Record<string, string> {
  return Object.fromEntries(names.split(" ").map((name) => [name, ""]));
}

/** A step fails with this message, as the runner or the action would print it. */
export class StepFailure extends Error {}

/** Puts words in front of the message of a StepFailure. */
export async function prefixed<T>(words: string, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    throw new StepFailure(`${words}${error.message}`, { cause: error });
  }
}
