import type {
  Publication,
  PublicationCredential,
  PublicationStart,
  PublicationStep,
} from "./publication.ts";
import { holds } from "./read/starts.ts";

/**
 * What makes a workflow publish, as seen from the branch of the fleet. `push`: pushes to the branch.
 * `run`: something else on that branch, such as a schedule or a person. `release`: releases and tags only.
 * `other`: none of them, such as pull requests only.
 */
export type StartedBy = "push" | "run" | "release" | "other";

/** A workflow whose runs publish. */
export interface PublishingWorkflow {
  /** From the repository's root: ".github/workflows/ci.yml". */
  readonly path: string;
  readonly startedBy: StartedBy;
  /** Whether a push starts it only when it touches certain paths. */
  readonly onSomePaths: boolean;
  /** Whether a person, or the API, can start it. */
  readonly canBeDispatched: boolean;
  readonly jobs: readonly PublishingJob[];
}

/** A job that publishes. */
export interface PublishingJob {
  /** Its key and its name: runs show one of them. */
  readonly names: readonly string[];
  readonly steps: readonly PublicationStep[];
  /** Whether it logs in with the fleet's secret, or with a value that may be it. */
  readonly usesSecret: boolean;
}

/** The workflows of a repository whose runs publish, each once, sorted by path. */
export function publishingWorkflows(
  publications: readonly Publication[],
  branch: string,
): PublishingWorkflow[] {
  const found = new Map<string, PublishingWorkflow>();
  for (const { starts, job, jobName, steps, logins } of publications) {
    const usesSecret = logins.some(({ credential }) => mayBeSecret(credential));
    const own: PublishingJob = { names: [...new Set([job, jobName])], steps, usesSecret };
    for (const start of starts) {
      const before = found.get(start.path);
      const startedBy = startedByOf(start, branch);
      const isFirst = !before || order.indexOf(startedBy) < order.indexOf(before.startedBy);
      const isSame = before?.startedBy === startedBy;
      found.set(start.path, {
        path: start.path,
        startedBy: isFirst ? startedBy : before.startedBy,
        onSomePaths: start.push?.hasPaths ?? false,
        canBeDispatched: start.events.includes("workflow_dispatch"),
        jobs: isFirst ? [own] : isSame ? [...before.jobs, own] : before.jobs,
      });
    }
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A replaceable password may be the job's own token. */
function mayBeSecret(credential: PublicationCredential | undefined): boolean {
  return credential !== undefined && ["right", "carried", "chosen"].includes(credential.kind);
}

const order: readonly StartedBy[] = ["push", "run", "release", "other"];

/** Events whose runs belong to a branch, and to no pull request. */
const byItself = ["schedule", "repository_dispatch", "workflow_run"];
const byHand = "workflow_dispatch";

function startedByOf(start: PublicationStart, branch: string): StartedBy {
  const { events, push } = start;
  const can = (event: string, ref: string) =>
    start.conditions.every((each) => holdsFor(each, event, ref) !== false);
  const head = `refs/heads/${branch}`;
  if (push && takesBranch(push, branch) && can("push", head)) return "push";
  if (events.some((event) => byItself.includes(event) && can(event, head))) return "run";
  // A condition may compare the tag with a pattern; which tags come is not known.
  const isRelease = events.includes("release") || events.includes("create");
  // Started by hand, a workflow for releases makes another one.
  if (isRelease || (push && takesTags(push))) return "release";
  return events.includes(byHand) && can(byHand, head) ? "run" : "other";
}

/**
 * Whether a condition holds in a run that this event starts; `undefined` where that does not decide it.
 *
 * @param ref the branch's: "refs/heads/main"
 */
export function holdsFor(condition: string, event_name: string, ref: string): boolean | undefined {
  const ref_name = ref.replace(/^refs\/heads\//, "");
  return holds(condition, { github: { event_name, ref, ref_name, ref_type: "branch" } });
}

type Filter = NonNullable<PublicationStart["push"]>;

function takesBranch({ branches, branchesIgnore, tags, tagsIgnore }: Filter, branch: string) {
  if (branches) return matches(branches, branch);
  if (branchesIgnore) return !matches(branchesIgnore, branch);
  return !tags && !tagsIgnore;
}

function takesTags({ branches, branchesIgnore, tags, tagsIgnore }: Filter): boolean {
  return Boolean(tags ?? tagsIgnore) || (!branches && !branchesIgnore);
}

/** The last pattern that matches decides; `!` excludes. */
function matches(patterns: readonly string[], name: string): boolean {
  return patterns.reduce((taken, pattern) => {
    const isNegative = pattern.startsWith("!");
    const fits = toRegExp(isNegative ? pattern.slice(1) : pattern)?.test(name) ?? true;
    return fits ? !isNegative : taken;
  }, false);
}

/**
 * `undefined` for a pattern that GitHub refuses.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet
 */
function toRegExp(pattern: string): RegExp | undefined {
  const source = pattern.replace(/\*\*|\*|\\.|[.^${}()|\\]/g, (part) => {
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    return part.length === 2 ? part : `\\${part}`;
  });
  try {
    return new RegExp(`^(?:${source})$`);
  } catch {
    return undefined;
  }
}
