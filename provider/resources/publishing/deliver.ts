import { createHash } from "node:crypto";
import {
  BranchMoved,
  BranchProtected,
  commitFiles,
  type FileCommit,
} from "../../../src/github/contents/commit-files.ts";
import { explainFailure, explaining } from "../../../src/github/client/explain-failure.ts";
import { readTexts } from "../../../src/github/contents/read-files.ts";
import { endProposals } from "../../../src/github/pull-requests/close-proposals.ts";
import {
  proposeFiles,
  readDecline,
  type Offer,
  type Offered,
} from "../../../src/github/pull-requests/propose-files.ts";
import { proposalBranch } from "../../../src/github/pull-requests/proposal.ts";
import { readBranchGuard } from "../../../src/github/repositories/branch-guard.ts";
import type { RepositorySnapshot } from "../../../src/github/repositories/repository-snapshot.ts";
import { stackOfUrn } from "../../../src/publishing/named-stack.ts";
import { UserError } from "../../../src/user-error.ts";
import { unknownValue, type Properties } from "../../protocol/property-values.ts";
import type { ResourceContext } from "../../protocol/resource-type.ts";
import type { RepositorySnapshots } from "../repository-snapshots.ts";
import { untilVisible } from "../until-visible.ts";
import { describePullRequest } from "./describe-pull-request.ts";
import { filesId, type BranchAccess, type PublishingInputs, type Written } from "./inputs.ts";

/** What a branch needs in its current state. */
interface BranchPlan {
  /** Absent when the branch is right. */
  readonly commit: FileCommit | undefined;
  /** What is wanted, whatever else changes in these files: what a person declines is this. */
  readonly wanted: unknown;
  /** The state once the branch is right. */
  readonly done: Properties;
  /** How the state differs until the pull request is merged. */
  readonly offered: Properties;
}

/**
 * Writes a plan for a branch in one signed commit or one pull request. If somebody pushes meanwhile,
 * the branch is read and planned again. GitHub's reads may be seconds behind its writes, also behind those of the
 * last run: then the branch is read until it shows another commit than the one that was refused.
 */
export async function writeToBranch(
  access: BranchAccess,
  inputs: PublishingInputs,
  before: Written,
  preview: boolean,
  context: ResourceContext,
  makePlan: (snapshot: RepositorySnapshot) => Promise<BranchPlan>,
): Promise<Properties> {
  const { snapshots } = access;
  const what = `write the workflow files of ${filesId(inputs)}`;
  let refused: string | undefined;
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const snapshot = await explaining(what, () => readNewer(snapshots, inputs, refused));
    const { commit, wanted, done, offered } = await makePlan(snapshot);
    // If the answer was lost, the commit is there, or another one with the same content.
    const arrived = attempt > 0 && { commitSha: snapshot.head, commitUrl: undefined };
    if (!commit) {
      if (!preview) await endPullRequest(access, inputs, before, context, nothingLeft);
      return { ...done, ...arrived };
    }
    const offer = toOffer(access, inputs, commit, wanted, before, context);
    try {
      if (preview) {
        const expected = await foresee(access, inputs, offer, before);
        return { ...done, ...(!("commitSha" in expected) && offered), ...expected };
      }
      context.status("committing");
      const delivered = await deliver(access, inputs, offer, before, context);
      return { ...done, ...(!("commitSha" in delivered) && offered), ...delivered };
    } catch (error) {
      if (!(error instanceof BranchMoved)) throw explainFailure(error, what);
      refused = snapshot.head;
      context.status("the branch moved: reading it again");
    } finally {
      snapshots.forget(inputs);
    }
  }
  throw new UserError(
    `cannot ${what}: others keep pushing to ${inputs.branch}, or GitHub still shows a former commit of it; run again later`,
  );
}

/** The branch, once GitHub shows another commit than this one, or after the time that its reads may lag behind. */
async function readNewer(
  snapshots: RepositorySnapshots,
  inputs: PublishingInputs,
  refused: string | undefined,
): Promise<RepositorySnapshot> {
  let latest = await readBranch(snapshots, inputs);
  if (refused === undefined || latest.head !== refused) return latest;
  await untilVisible(async () => {
    snapshots.forget(inputs);
    latest = await readBranch(snapshots, inputs);
    return latest.head === refused ? undefined : latest;
  });
  return latest;
}

/** @throws {UserError} the branch does not exist or cannot be written to */
export async function readBranch(
  snapshots: RepositorySnapshots,
  inputs: Pick<PublishingInputs, "owner" | "repository" | "branch">,
): Promise<RepositorySnapshot> {
  const snapshot = await snapshots.get(inputs);
  const where = filesId(inputs);
  if (!snapshot)
    throw new UserError(
      `${where} does not exist, or the admin token may not see it; if it was renamed, moved or deleted just now, run again`,
    );
  if (snapshot.archived)
    throw new UserError(`${where} is archived: unarchive it or remove it from the fleet`);
  if (!snapshot.head) {
    throw new UserError(
      snapshot.empty
        ? `${where} is empty: push a first commit, then run again`
        : `${where} has no branch ${inputs.branch}; its default branch is ${snapshot.defaultBranch}`,
    );
  }
  return snapshot;
}

const nothingLeft = "Nothing is left to change here, so the fleet closes this.";

/**
 * Ends the pull request of the last run, where there is one: an open one is closed, and the branch of one
 * that is over is deleted.
 *
 * @param why the comment with which it is closed
 */
export async function endPullRequest(
  { github, proposalBranch: branch }: BranchAccess,
  inputs: Pick<PublishingInputs, "owner" | "repository">,
  { pullRequestUrl }: Written,
  context: ResourceContext,
  why: string,
): Promise<void> {
  if (pullRequestUrl == null) return;
  await explaining(`close ${pullRequestUrl}`, () =>
    endProposals(github, inputs, { branch, known: pullRequestUrl, why }, context.warn),
  );
}

function toOffer(
  { github, proposalBranch, offerAgain }: BranchAccess,
  inputs: PublishingInputs,
  commit: FileCommit,
  wanted: unknown,
  before: Written,
  { urn }: ResourceContext,
): Offer {
  const { owner, repository, pullRequests = {}, why, jobToken = false } = inputs;
  const at = { owner, repository, revision: commit.expectedHead };
  const paths = [...Object.keys(commit.additions), ...commit.deletions];
  return {
    branch: proposalBranch,
    commit,
    change: createHash("sha256").update(JSON.stringify(wanted)).digest("hex").slice(0, 16),
    title: pullRequests.title ?? commit.headline,
    body: async () =>
      describePullRequest({
        commit,
        present: await readTexts(github, at, paths),
        stack: stackOfUrn(urn),
        why,
        jobToken,
        formerSecrets: inputs.mode === "repair" ? (inputs.formerSecrets ?? []) : [],
      }),
    details: pullRequests,
    detailsChanged: JSON.stringify(pullRequests) !== JSON.stringify(before.pullRequests ?? {}),
    endsAutoMerge: before.pullRequests?.autoMerge !== undefined && !pullRequests.autoMerge,
    known: before.pullRequestUrl ?? before.declined?.url,
    declined: before.declined ?? undefined,
    again: offerAgain.has(repository.toLowerCase()),
  };
}

/** What an update would do, as far as GitHub shows it: whether the branch takes a commit is not known. */
async function foresee(
  access: BranchAccess,
  inputs: PublishingInputs,
  offer: Offer,
  { pullRequestUrl, declined }: Written,
): Promise<Properties> {
  const { github } = access;
  const { delivery, repository } = inputs;
  if (pullRequestUrl != null || declined) {
    const decline = await readDecline(github, offer);
    const isKnown = decline === "unknown" && declined?.change === offer.change && !offer.again;
    if (isKnown) return { declined };
    if (decline && decline !== "unknown") return toProperties(offer, decline);
  }
  if (pullRequestUrl != null) return { pullRequestUrl };
  // The state forgets what was declined when something else is wanted meanwhile.
  const mayBe = declined ? false : await mayBeDeclined(access, repository);
  if (mayBe && (await takesNoCommit(github, inputs))) {
    const decline = await readDecline(github, offer);
    if (decline && decline !== "unknown") return toProperties(offer, decline);
  }
  return delivery === "commit"
    ? { commitSha: unknownValue, commitUrl: unknownValue }
    : { pullRequestUrl: unknownValue };
}

/** Of the fleet's repositories, many are asked with one query; the shared workflow is one, on another branch. */
async function mayBeDeclined(
  { pullRequests, proposalBranch: branch }: BranchAccess,
  repository: string,
): Promise<boolean> {
  if (branch !== proposalBranch) return true;
  return (await pullRequests.newest(repository))?.state === "CLOSED";
}

async function takesNoCommit(
  github: BranchAccess["github"],
  { delivery, ...place }: PublishingInputs,
): Promise<boolean> {
  if (delivery === "pull-request") return true;
  const guard = await readBranchGuard(github, place).catch(() => undefined);
  return guard !== undefined && guard.forbiddenBy.length > 0 && !guard.mayBypass;
}

/** One signed commit, or a pull request if the fleet wants one or the branch's rules forbid the commit. */
async function deliver(
  { github }: BranchAccess,
  { delivery }: PublishingInputs,
  offer: Offer,
  before: Written,
  context: ResourceContext,
): Promise<Properties> {
  const wasOffered = before.pullRequestUrl != null || before.declined != null;
  if (delivery === "commit" && !wasOffered) {
    try {
      const { oid, url } = await commitFiles(github, offer.commit);
      return { commitSha: oid, commitUrl: url };
    } catch (error) {
      if (!(error instanceof BranchProtected)) throw error;
      context.status("the branch is protected: opening a pull request");
    }
  }
  const offered = await proposeFiles(github, offer, context.warn);
  if (offered.state === "open") {
    const { branch, additions } = offer.commit;
    const aim = Object.keys(additions).length > 0 ? "add the files" : "remove the files";
    context.warn(`merge ${offered.url} to ${aim}; ${branch} itself was not written to`);
  }
  return toProperties(offer, offered);
}

function toProperties({ change }: Offer, offered: Offered): Properties {
  const { url } = offered;
  switch (offered.state) {
    case "open":
      return { pullRequestUrl: url };
    case "merged": {
      const commitUrl = url.replace(/\/pull\/\d+$/, `/commit/${offered.commit}`);
      return { commitSha: offered.commit, commitUrl };
    }
    case "declined": {
      const { by, at } = offered;
      return { declined: { url, ...(by !== undefined && { by }), at, change } };
    }
  }
}
