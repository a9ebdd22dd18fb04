import { basename } from "node:path/posix";
import { publishingWorkflows } from "../../publishing/started-by.ts";
import type { PublicationCredential } from "../../publishing/publication.ts";
import type { BranchReading } from "../publications/read-branches.ts";
import { ifMerged, untilMerged } from "./prove-by-merge.ts";
import { probe } from "./prove-by-probe.ts";
import { dispatch, repeatFailure, repeatLast, repeatSame, watchPushes } from "./prove-by-run.ts";
import {
  inAll,
  lazily,
  mergeFirst,
  type Candidate,
  type Check,
  type ProofContext,
  type Verdict,
} from "./verdict.ts";

/**
 * How to check whether a repository publishes. A new commit has started runs already, where workflows
 * publish on a push; where only the credential changed, the first check starts the dispatched workflow or
 * repeats the last run. Where only releases and tags publish, the registry is asked. Files in a pull request
 * are proved after its merge.
 *
 * @param read how the repository publishes, `again` if it was read too early; `undefined` where the
 *   branch is gone
 */
export function proofOf(
  context: ProofContext,
  candidate: Candidate,
  read: (again: boolean) => Promise<BranchReading | undefined>,
): Check {
  const { pullRequestUrl: url, credential } = candidate.proof;
  if (url === undefined) return proveOnBranch(context, candidate, read);
  const before = credential ? proveOnBranch(context, candidate, read) : undefined;
  const after = (commit?: string) => {
    const merged = { ...candidate, proof: { credential, commit } };
    return proveOnBranch(context, merged, async () => read(true));
  };
  return context.waitsForMerges
    ? untilMerged(context, candidate, url, before, after)
    : ifMerged(context, candidate, url, before, after);
}

function proveOnBranch(
  context: ProofContext,
  candidate: Candidate,
  read: (again: boolean) => Promise<BranchReading | undefined>,
): Check {
  let isLate = false;
  return lazily(async () => {
    const reading = await read(isLate);
    const { name, branch } = candidate.repository;
    if (!reading) {
      return { state: "failed", detail: `${context.owner}/${name} has no branch ${branch}` };
    }
    const { commit } = candidate.proof;
    // A commit of the stack makes a workflow publish. GitHub shows it after a moment.
    isLate = commit !== undefined && commit !== reading.head && reading.publications.length === 0;
    return isLate
      ? { state: "waiting", detail: `${branch} does not show its commit yet` }
      : startProof(context, candidate, reading);
  });
}

async function startProof(
  context: ProofContext,
  candidate: Candidate,
  reading: BranchReading,
): Promise<Check | Verdict> {
  const { proof, repository } = candidate;
  const other = proof.credential ? otherLogin(candidate, reading) : undefined;
  if (other !== undefined) {
    const next = `${other} shows no job that logs in with the secret, so no run of it tries the PAT`;
    return () => probe(context, candidate, reading, next);
  }
  const workflows = publishingWorkflows(reading.publications, repository.branch);
  const by = (wanted: string) =>
    workflows
      .filter(({ startedBy }) => startedBy === wanted)
      .map((workflow) => ({ ...candidate, reading, workflow }));
  const isCommitted = proof.commit !== undefined || !proof.credential;
  const [pushed, run] = [by("push"), by("run")];
  const canDispatch =
    context.dispatch !== undefined &&
    // Runs that pushes start do not see the secret of an environment.
    (repository.credential === "environment" ||
      workflows.some((each) => each.canBeDispatched && basename(each.path) === context.dispatch));
  if (canDispatch && (!isCommitted || pushed.length === 0)) {
    return lazily(() => dispatch(context, candidate));
  }
  if (pushed.length > 0) {
    const watch = context.repeatFailed ? repeatFailure : watchPushes;
    const start = isCommitted ? watch : repeatLast;
    return inAll(pushed.map((each) => lazily(() => start(context, each))));
  }
  if (run.length > 0) {
    return inAll(run.map((each) => lazily(() => repeatSame(context, each))));
  }
  if (proof.pullRequestUrl !== undefined) return mergeFirst(proof.pullRequestUrl);
  const isRelease = workflows.some(({ startedBy }) => startedBy === "release");
  const next = isRelease
    ? "its first image comes with the next release"
    : "no workflow of it publishes from this branch";
  return () => probe(context, candidate, reading, next);
}

/**
 * The workflow whose runs say nothing about the PAT, because none of the repository logs in with it: such as where a
 * person declined the repair.
 */
function otherLogin(
  { repository, proof }: Candidate,
  { publications }: BranchReading,
): string | undefined {
  if (repository.credential === "job-token" || proof.pullRequestUrl !== undefined) return undefined;
  const credentials = publications.flatMap(({ logins }) =>
    logins.flatMap(({ credential }) => credential ?? []),
  );
  const isOther = ({ kind, isToken }: PublicationCredential) =>
    kind === "other-secret" || (kind === "replaceable" && isToken === true);
  const [first] = credentials;
  return first && credentials.every(isOther) ? basename(first.path) : undefined;
}
