import type { Applied, Contender } from "./contenders/contender.ts";
import { firstTimeout, type Desired, type FleetKind } from "./fleet-work.ts";
import type { Requests } from "./simulated/counting-proxy.ts";
import type { SimulatedGitHub } from "./simulated/start-github.ts";
import { watchProcesses, type Usage } from "./watch-processes.ts";

export const works = [
  "first up",
  "no-op",
  "no-op, refresh",
  "rotate",
  "change a file",
  "rotate by command",
  "destroy",
] as const;
export type Work = (typeof works)[number];

/** One contender at one piece of work. */
export interface Measurement extends Usage {
  kind: FleetKind;
  repositories: number;
  contender: string;
  work: Work;
  /** `done`, or why not. */
  outcome: string;
  seconds: number;
  requests: Requests;
  commits: number;
  steps: number | undefined;
  /** Bytes, afterwards. */
  stateSize: number;
  /** A hash of what is on GitHub afterwards. */
  endState: string;
}

/** What `--json` writes. */
export interface Results {
  machine: string;
  /** Milliseconds that each request waits. */
  latency: number;
  limits: boolean;
  measurements: Measurement[];
  /** Contenders that this machine does not have, and the reason. */
  missing: Record<string, string>;
}

export interface Bench {
  readonly kind: FleetKind;
  readonly names: readonly string[];
  readonly github: SimulatedGitHub;
  readonly contender: Contender;
  /** After which a piece of work counts as not finished, in milliseconds. */
  readonly timeout: number;
}

/** Does one piece of work after the other, until one does not succeed. */
export async function* measure(bench: Bench): AsyncGenerator<Measurement> {
  const desired = firstDesired(bench.names, bench.kind);
  for (const work of worksOf(bench.kind)) {
    if (work === "rotate by command" && !bench.contender.rotate) continue;
    if (work === "rotate") desired.pat = "next-publisher";
    if (work === "change a file") desired.timeoutMinutes += 15;
    await bench.contender.prepare(desired);
    const measurement = await measureWork(bench, work);
    yield measurement;
    if (measurement.outcome !== "done") return;
  }
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

export function firstDesired(names: readonly string[], kind: FleetKind): Mutable<Desired> {
  const permissions = kind === "files to write";
  const form = kind === "shared form" ? "shared" : "inline";
  return { names, pat: "publisher", timeoutMinutes: firstTimeout, form, permissions };
}

/** Right and repaired files belong to people: ghcr-fleet neither rewrites nor deletes them, as the others do. */
function worksOf(kind: FleetKind): readonly Work[] {
  if (kind === "files to write") return works;
  if (kind === "shared form") return works.filter((work) => work !== "rotate by command");
  return works.filter((work) => work !== "change a file" && work !== "destroy");
}

async function measureWork(bench: Bench, work: Work): Promise<Measurement> {
  const { kind, names, github, contender, timeout } = bench;
  const before = await github.endState();
  github.takeRequests();
  const watched = watchProcesses([github.pid]);
  const start = performance.now();
  const signal = AbortSignal.timeout(timeout);
  const ended = await attempt(perform(contender, work, signal));
  const seconds = (performance.now() - start) / 1000;
  const requests = github.takeRequests();
  const isLate = signal.aborted;
  if (isLate) await watched.killAll();
  const usage = watched.stop();
  const after = await github.endState();
  return {
    kind,
    repositories: names.length,
    contender: contender.name,
    work,
    outcome: isLate ? `not finished in ${timeout / 60_000} min` : ended.outcome,
    seconds,
    requests,
    commits: after.commits - before.commits,
    steps: ended.steps,
    ...usage,
    stateSize: await contender.stateSize().catch(() => 0),
    endState: after.hash,
  };
}

function perform(contender: Contender, work: Work, signal: AbortSignal): Promise<Applied> {
  if (work === "destroy") return contender.destroy({ signal });
  if (work === "rotate by command" && contender.rotate) {
    return contender.rotate("publisher", { signal });
  }
  return contender.apply({ refresh: work === "no-op, refresh", signal });
}

async function attempt(work: Promise<Applied>): Promise<Applied & { outcome: string }> {
  try {
    return { ...(await work), outcome: "done" };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { outcome: `failed: ${message.slice(-2000)}` };
  }
}
