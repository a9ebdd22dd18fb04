import { basename } from "node:path/posix";
import { day } from "../../format-text.ts";
import type { FleetRepository } from "../../fleet/fleet.ts";
import { readRunJobs } from "../../github/actions/run-jobs.ts";
import type { WorkflowRun } from "../../github/actions/workflow-runs.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import { readTexts } from "../../github/contents/read-files.ts";
import type { ReadPace } from "../../github/client/pace/read-pace.ts";
import { fallbackSteps } from "../../publishing/fallback-steps.ts";
import { isShownAs, judgeSteps } from "../../publishing/judge-steps.ts";
import { packagesOf } from "../../publishing/package-names.ts";
import type { Publication, PublicationLogin } from "../../publishing/publication.ts";
import { readPublications } from "../../publishing/read-publications.ts";
import type { BranchReading } from "../publications/read-branches.ts";
import type { RepositoryStatus } from "./fleet-status.ts";

/** The runs of a workflow that publishes, newest first. */
export interface RunsOfWorkflow {
  readonly path: string;
  readonly runs: readonly WorkflowRun[];
}

export interface EvidenceSource {
  readonly github: GitHubClient;
  readonly pace: ReadPace;
  readonly owner: string;
  /** Host of the registry. */
  readonly registry: string;
  /** Name of the fleet's secret. */
  readonly secret: string;
  readonly repository: Pick<FleetRepository, "name" | "branch" | "workflows">;
  readonly reading: BranchReading;
  readonly workflows: readonly RunsOfWorkflow[];
  /** ISO-8601, when a workflow was changed last; absent where that is not known. */
  readonly changedAt: string | undefined;
  /** Whether GitHub refuses the PAT now: then workflows with a second login publish without it. */
  readonly isPatDead: boolean;
}

/**
 * Runs that show that the job's own token may push each of these images: the run succeeded, so did a step of
 * it that pushes, and its job had logged in with nothing else. No API shows whether a package inherits the
 * access of its repository, or gives it Write, and a successful push needs one of the two.
 *
 * Costs up to two requests for a workflow; none where all runs used the PAT.
 *
 * @param images packages, without their owner
 * @returns `null` where the evidence is not complete
 */
export async function findEvidence(
  source: EvidenceSource,
  images: readonly string[],
): Promise<RepositoryStatus["candidate"]> {
  const left = new Set(images);
  let last: RepositoryStatus["candidate"] = null;
  for (const { path, runs } of source.workflows) {
    for (const run of worthReading(source, path, runs)) {
      const pushed = await pushedByToken(source, path, run);
      if (pushed.length === 0) continue;
      const file = basename(path);
      const text = `run #${run.number} of ${file} pushed with the job's own token on ${day(run.createdAt)}`;
      last ??= { evidence: text, url: run.url };
      for (const image of pushed) left.delete(image);
      break;
    }
  }
  return left.size === 0 ? last : null;
}

/**
 * Whether the workflows on the branch could publish with the job's own token: each login falls back to it, and each
 * job may write packages. A login with the PAT alone would have no password, until its repair is merged.
 */
export function mayFallBack({ publications }: BranchReading): boolean {
  const falls = (login: PublicationLogin) => login.credential?.kind === "right" || isToken(login);
  return (
    publications.length > 0 &&
    publications.every(
      ({ logins, permissions }) => permissions.packages === "write" && logins.every(falls),
    )
  );
}

/**
 * Of the newest run, and of the newest one before the last change of the workflows, those that succeeded. None
 * where the newest failed, and the workflow logs in with the job's own token.
 */
function worthReading(
  { changedAt, reading }: EvidenceSource,
  path: string,
  runs: readonly WorkflowRun[],
): readonly WorkflowRun[] {
  const decided = runs.filter(({ conclusion }) =>
    ["success", "failure"].includes(conclusion ?? ""),
  );
  const before = decided.find(({ createdAt }) => changedAt !== undefined && createdAt < changedAt);
  const [newest] = decided;
  const usesToken = reading.publications.some(
    ({ starts, logins }) => starts.some((start) => start.path === path) && logins.some(isToken),
  );
  if (newest?.conclusion === "failure" && usesToken) return [];
  const worth = new Set([newest, before].filter((run) => run !== undefined));
  return [...worth].filter(({ conclusion }) => conclusion === "success");
}

/** Packages that a run pushed with the job's own token. */
async function pushedByToken(
  source: EvidenceSource,
  path: string,
  run: WorkflowRun,
): Promise<readonly string[]> {
  const { github, pace, owner, registry, secret, repository, reading, changedAt, isPatDead } =
    source;
  const { name, branch, workflows } = repository;
  const isPresent =
    run.head === reading.head || (changedAt !== undefined && run.createdAt >= changedAt);
  const texts = isPresent
    ? reading.texts
    : await pace(() => readTexts(github, { owner, repository: name, revision: run.head }, [path]));
  const { replaceSecrets } = workflows;
  const options = { registry, secret, replaceSecrets, repository: `${owner}/${name}` };
  const found = readPublications(texts, options).filter(({ starts }) =>
    starts.some((start) => start.path === path),
  );
  const byToken = found.filter(({ logins }) => logins.length > 0 && logins.every(isToken));
  if (byToken.length === 0 && !isPatDead) return [];
  const jobs = await pace(() => readRunJobs(github, { owner, repository: name }, run.id));
  const start = { event: run.event, ref: `refs/heads/${branch}` };
  const shows = ({ job, jobName, steps }: Publication, mustFallBack: boolean) =>
    jobs.some(
      (each) =>
        isShownAs([job, jobName], each.name) &&
        each.conclusion === "success" &&
        judgeSteps(steps, each.steps, start) === "pushed" &&
        (!mustFallBack || each.steps.some(isFallback)),
    );
  const pushed = found.filter((each) => shows(each, !byToken.includes(each)));
  return packagesOf(registry, owner, pushed).names;
}

function isToken({ credential }: PublicationLogin): boolean {
  return credential?.isToken === true;
}

function isFallback({
  name,
  conclusion,
}: {
  name: string;
  conclusion: string | undefined;
}): boolean {
  return fallbackSteps.includes(name) && conclusion === "success";
}
