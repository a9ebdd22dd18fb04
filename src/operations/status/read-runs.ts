import { clipped } from "../../format-text.ts";
import {
  findFailed,
  readJobAnnotations,
  readRunJobs,
  type RunJob,
} from "../../github/actions/run-jobs.ts";
import {
  readRuns,
  type RunPlace,
  type RunQuery,
  type WorkflowRun,
} from "../../github/actions/workflow-runs.ts";
import type { Account } from "../../account.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import type { ReadPace } from "../../github/client/pace/read-pace.ts";
import { unlessRefused } from "../../github/client/unless-refused.ts";
import { explainDenial } from "../../registry/judge-package.ts";
import type { Run } from "./fleet-status.ts";
import { lastDecided } from "./judge-status.ts";

export interface RunsSource {
  readonly github: GitHubClient;
  readonly pace: ReadPace;
  /** ISO-8601 by GitHub's clock. */
  readonly readAt: string;
  /** Whose packages the runs push. */
  readonly fleet: Account;
}

/**
 * The newest runs of a workflow that publishes, newest first. For the last one that failed, and for one that has
 * waited for long, two more requests read the reason.
 */
export async function readExplainedRuns(
  source: RunsSource,
  workflow: Run["workflow"],
  place: RunPlace,
  query: Omit<RunQuery, "most">,
): Promise<{ readonly runs: readonly WorkflowRun[]; readonly shown: readonly Run[] }> {
  const { github, pace, readAt } = source;
  const found = await pace(() => readRuns(github, place, { ...query, most: 5 }));
  const runs = found.map((run) => toRun(workflow, query.file, run));
  const failed = lastDecided(runs, workflow);
  const [newest] = runs;
  const shown = await Promise.all(
    runs.map(async (run, index) => {
      const isFailed = run === failed && run.conclusion !== "success";
      const isStuck = run === newest && run.conclusion === null && isOld(run, readAt);
      const id = found[index]?.id;
      if ((!isFailed && !isStuck) || id === undefined) return run;
      const why = await whyOf(source, place, id);
      return why ? { ...run, why } : run;
    }),
  );
  return { runs: found, shown };
}

function toRun(workflow: Run["workflow"], file: string, run: WorkflowRun): Run {
  const { number, event, conclusion = null, ref = null, head, createdAt: startedAt, url } = run;
  return { workflow, file, number, event, conclusion, ref, head, startedAt, url };
}

/** A run that people would wonder about. */
function isOld({ startedAt }: Run, now: string): boolean {
  return Date.parse(now) - Date.parse(startedAt) > 15 * 60_000;
}

async function whyOf(
  { github, pace, fleet }: RunsSource,
  place: RunPlace,
  id: number,
): Promise<Run["why"] | undefined> {
  const jobs = await pace(() => readRunJobs(github, place, id));
  const waiting = jobs.find(({ status }) => status === "queued");
  if (waiting) {
    const labels = waiting.labels.join(", ") || "no label";
    const text = `job "${waiting.name}" waits for a runner with the labels ${labels}`;
    return { cause: "no-runner", text };
  }
  const failed = findFailed(jobs);
  if (!failed) return undefined;
  // An App may lack the permission `checks`, and GitHub deletes annotations.
  const said = await pace(() =>
    unlessRefused([403, 404], () => readJobAnnotations(github, place, failed.id)),
  );
  return explainFailedJob(failed, said ?? [], fleet);
}

/**
 * What docker, the registry and GitHub say where a run cannot publish.
 *
 * @see https://github.com/docker/build-push-action/issues/1107
 * @see https://github.com/buildsville/add-remove-label/issues/3 about runners
 */
const causes: readonly (readonly [NonNullable<Run["why"]>["cause"], RegExp])[] = [
  ["dockerfile-missing", /failed to read dockerfile|dockerfile.*(?:no such file|not found)/i],
  ["denied", /\bdenied\b|\bunauthorized\b|\b403 Forbidden\b|insufficient_scope/i],
  ["no-runner", /no (?:enabled )?runners\b.*\bonline|awaiting a runner|not acquired by Runner/i],
];

/** The templates write it after every failed build, whether the push was denied or not. */
const hint = /^If the log above says denied\b/;

/**
 * @param said messages of GitHub about the job
 * @param account whose packages it pushes
 */
export function explainFailedJob(
  { name, steps }: Pick<RunJob, "name" | "steps">,
  said: readonly string[],
  account: Account,
): NonNullable<Run["why"]> {
  const failed = steps.find(({ conclusion }) => conclusion === "failure");
  const place = [`job "${name}"`, ...(failed ? [`step "${failed.name}"`] : [])].join(", ");
  const messages = said.filter((each) => !hint.test(each));
  const known = causes.flatMap(([cause, pattern]) => {
    const message = messages.find((each) => pattern.test(each));
    return message === undefined ? [] : [{ cause, message }];
  });
  const { cause, message } = known[0] ?? { cause: "other" as const, message: messages[0] };
  const text = message === undefined ? "" : `: ${clipped(message.replaceAll(/\s+/g, " "), 200)}`;
  const step = cause === "denied" && explainDenial(account, message);
  return { cause, text: `${place}${text}${step ? `; ${step}` : ""}` };
}
