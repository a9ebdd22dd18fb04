import type { Colors } from "picocolors/types.js";
import type { RepositoryResult, RolloutEvent } from "../../operations/waves/rollout-event.ts";
import { repositoryLine, rolloutLines } from "./rollout-lines.ts";

/** The live display of a rollout: lines that stay on the screen, and lines that are redrawn. */
export interface RolloutBoard {
  /** @returns lines that stay: one for each repository, when it is finished */
  take(event: RolloutEvent): string[];
  /** A bar for each running wave, and the state of its repositories. */
  draw(columns: number): string[];
}

interface OpenWave {
  readonly stack: string;
  readonly wave: string;
  readonly repositories: readonly string[];
  readonly results: Map<string, RepositoryResult>;
}

export function createRolloutBoard(colors: Colors): RolloutBoard {
  const open = new Map<string, OpenWave>();
  /** Stacks that are being previewed. */
  const previewing = new Set<string>();
  /** The last message of a provider about a repository, until the repository's next event. */
  const messages = new Map<string, string>();

  function takeRepository(event: Extract<RolloutEvent, { type: "repository" }>): string[] {
    messages.delete(`${event.stack} ${event.repository}`);
    const wave = open.get(event.stack);
    if (!wave || wave.wave !== event.wave) return rolloutLines(event, colors);
    wave.results.set(event.repository, event);
    return isOver(event) ? rolloutLines(event, colors) : [];
  }

  /** Repositories without a final event: applied with nothing to wait for, or interrupted. */
  function close(stack: string): string[] {
    const left = [...(open.get(stack)?.results.values() ?? [])].filter((each) => !isOver(each));
    open.delete(stack);
    return left.map((result) => `  ${repositoryLine(result, colors)}`);
  }

  function startWave(event: Extract<RolloutEvent, { type: "wave-started" }>): string[] {
    const { stack, wave, repositories } = event;
    const left = close(stack);
    open.set(stack, { stack, wave, repositories, results: new Map() });
    return [...left, ...rolloutLines(event, colors)];
  }

  return {
    take(event) {
      if (event.type === "previewing") previewing.add(event.stack);
      else if (event.type !== "status") previewing.delete(event.stack);
      switch (event.type) {
        case "repository":
          return takeRepository(event);
        case "status":
          messages.set(`${event.stack} ${event.repository ?? ""}`, event.message);
          return [];
        case "wave-started":
          return startWave(event);
        case "wave-ended":
        case "ended":
          return [...close(event.stack), ...rolloutLines(event, colors)];
        default:
          return rolloutLines(event, colors);
      }
    },
    draw(columns) {
      const bars = [...open.values()].flatMap((wave) => [
        barLine(wave, colors, columns),
        ...busyLines(wave, messages, columns).map((line) => colors.dim(line)),
      ]);
      const looks = [...previewing].map((stack) => colors.dim(`${stack}  previewing`));
      return [...bars, ...looks];
    },
  };
}

function isOver({ state }: RepositoryResult): boolean {
  return ["healthy", "merge", "declined", "unproven", "failed"].includes(state);
}

const barWidth = 24;

/** `acme early  ████████░░░░  4 of 12` */
function barLine(wave: OpenWave, colors: Colors, columns: number): string {
  const all = wave.repositories.length;
  // What all share changes: there is nothing to count.
  if (all === 0) return colors.dim(clip(`${wave.stack} ${wave.wave}  applying`, columns - 1));
  const results = [...wave.results.values()];
  const failed = results.filter(({ state }) => state === "failed").length;
  const done = results.filter(isOver).length - failed;
  const width = Math.max(0, Math.min(barWidth, columns - 40));
  const cells = (count: number) => Math.floor((count / all) * width);
  const [good, bad] = [cells(done), cells(failed)];
  const bar = [
    colors.green("█".repeat(good)),
    colors.red("█".repeat(bad)),
    colors.dim("░".repeat(width - good - bad)),
  ];
  const name = clip(`${wave.stack} ${wave.wave}`, Math.max(10, columns - width - 16));
  return `${name}  ${bar.join("")}  ${done + failed} of ${all}`;
}

/** How many busy repositories are shown. */
const mostBusy = 6;

function busyLines(
  { stack, results }: OpenWave,
  messages: ReadonlyMap<string, string>,
  columns: number,
): string[] {
  const busy = [...results.values()].filter((each) => !isOver(each));
  const shown = busy.slice(0, mostBusy).map(({ repository, state, detail, url }) => {
    // While it waits, the next wave is previewed, which says nothing about this one.
    const message = state === "applying" ? messages.get(`${stack} ${repository}`) : undefined;
    const words = [repository, state, message ?? detail ?? "", url ?? ""];
    return clip(`  ${words.join("  ")}`, columns - 1);
  });
  return busy.length > mostBusy ? [...shown, `  and ${busy.length - mostBusy} more`] : shown;
}

function clip(text: string, columns: number): string {
  const line = text.trimEnd();
  return line.length > columns ? `${line.slice(0, Math.max(0, columns - 1))}…` : line;
}
