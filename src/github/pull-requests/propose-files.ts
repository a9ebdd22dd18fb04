import { GraphqlResponseError } from "@octokit/graphql";
import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import { UserError } from "../../user-error.ts";
import type { FileCommit } from "../contents/commit-files.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { readAnswer } from "../client/parse-answer.ts";
import { isDeclined, offeredChange, proposalMarker, type Proposal } from "./proposal.ts";
import { applyDetails, stopAutoMerge, type PullRequestDetails } from "./apply-details.ts";
import { closeProposal, comment, deleteBranches, editProposal } from "./close-proposals.ts";
import { readProposals, type Proposals } from "./read-proposals.ts";
import { replaceCommit, startBranch } from "./write-proposal-branch.ts";

/** What a pull request offers. */
export interface Offer {
  /** The fleet's branch that it merges. */
  readonly branch: string;
  /** To its base branch. */
  readonly commit: FileCommit;
  /** The id of the wanted change: another one is offered again after somebody declined. */
  readonly change: string;
  readonly title: string;
  /** Markdown; called only where it is written. */
  readonly body: () => Promise<string>;
  readonly details: PullRequestDetails;
  /** Whether the details changed since the pull request was opened. */
  readonly detailsChanged: boolean;
  /** Whether the last run let GitHub merge it, and this one does not. */
  readonly endsAutoMerge: boolean;
  /** The pull request of the last run. */
  readonly known: string | undefined;
  /** The change that a person declined, as the last run found it. */
  readonly declined: { readonly url: string; readonly change: string } | undefined;
  /** Whether it is offered although somebody declined it. */
  readonly again: boolean;
}

export type Offered =
  /** It waits for a person, or for GitHub. */
  | { readonly state: "open"; readonly url: string }
  /** Nothing blocked it, and the fleet wants it to be merged then. */
  | { readonly state: "merged"; readonly url: string; readonly commit: string }
  /** Somebody closed it without a merge. `at`: ISO-8601. */
  | { readonly state: "declined"; readonly url: string; readonly by?: string; readonly at: string };

/**
 * Offers files in the one pull request of a repository, for branches whose rules forbid a direct commit. An
 * open one is updated in place, on the base as it is now; one with commits by others is left as it is, and
 * says so. What a person declined is not offered again until the change is another one.
 *
 * @param warn receives what a person should know, with the next step
 * @throws {UserError} the branch belongs to somebody else, or nothing may be pushed to it
 * @throws {BranchMoved} somebody pushed meanwhile
 */
export async function proposeFiles(
  github: GitHubClient,
  offer: Offer,
  warn: (message: string) => void,
): Promise<Offered> {
  const { branch, commit, details, known } = offer;
  const labels = details.labels ?? [];
  const all = await readProposals(github, { branch, commit, labels, known });
  const declined = findDecline(all, offer);
  if (declined) return declined;
  const present = await (
    all.open
      ? updateProposal(github, all, all.open, offer, warn)
      : openProposal(github, all, offer, warn).then((url): Present => ({ url }))
  ).catch((error: unknown) => {
    throw isForbidden(error) ? (whyForbidden(all, commit) ?? error) : error;
  });
  const { url } = present;
  const merged = await finish(github, all, offer, present, warn);
  return merged === undefined ? { state: "open", url } : { state: "merged", url, commit: merged };
}

/**
 * @returns who declined the change, if somebody did and it is not offered again; `unknown` where the token may
 *   not read pull requests
 */
export async function readDecline(
  github: GitHubClient,
  offer: Offer,
): Promise<Extract<Offered, { state: "declined" }> | "unknown" | undefined> {
  try {
    return findDecline(await readProposals(github, offer), offer);
  } catch (error) {
    if (isForbidden(error)) return "unknown";
    throw error;
  }
}

function findDecline(
  { open, last, superseded }: Proposals,
  { change, declined, again }: Offer,
): Extract<Offered, { state: "declined" }> | undefined {
  if (open || superseded.length > 0 || again || !last || !isDeclined(last) || !last.closed) {
    return undefined;
  }
  const recorded = declined?.url === last.url ? declined.change : undefined;
  // Without the marker, it is any change of the fleet's, or what a person offered on a branch of this name.
  const refused = recorded ?? offeredChange(last) ?? (last.hasOwn ? change : undefined);
  if (refused !== change) return undefined;
  const { by, at } = last.closed;
  return { state: "declined", url: last.url, at, ...(by !== undefined && { by }) };
}

function isForbidden(error: unknown): boolean {
  return (
    error instanceof GraphqlResponseError &&
    (error.errors ?? []).some(({ type }) => type === "FORBIDDEN")
  );
}

/** Only a fork could propose something. GitHub does not show the role of an App. */
function whyForbidden(
  { role }: Proposals,
  { owner, repository }: FileCommit,
): UserError | undefined {
  if (role !== "READ" && role !== "TRIAGE") return undefined;
  return new UserError(
    `${owner}/${repository} gives the admin token's account the role ${role.toLowerCase()}, so only a fork could propose files: ` +
      "give it the role Write, or remove the repository from the fleet",
  );
}

interface Present {
  readonly url: string;
  /** It has commits by others, and not what is wanted now: only a person may merge that. */
  readonly waits?: true;
  /** It waited until now, and so was not to be merged. */
  readonly resumes?: boolean;
}

async function updateProposal(
  github: GitHubClient,
  all: Proposals,
  open: Proposal,
  offer: Offer,
  warn: (message: string) => void,
): Promise<Present> {
  const { commit, change } = offer;
  const { url } = open;
  if (!open.hasOwn) {
    throw new UserError(
      `the branch ${offer.branch} of ${commit.owner}/${commit.repository} is ${open.author ?? "somebody"}'s own pull request ${url}: rename that branch, then run again`,
    );
  }
  const isRetargeted = open.base !== commit.branch;
  const offersThis =
    all.isRight && offeredChange(open) === change && open.mergeable !== "CONFLICTING";
  // On the former base, the same commit would bring all of that base into the new one.
  if (offersThis && !isRetargeted) return { url };
  if (open.others.length > 0) {
    await sayThatItWaits(github, open, offer, warn);
    return { url, waits: true };
  }
  await replaceCommit(github, all, open, { ...commit, ...messageOf(offer) });
  const body = `${await offer.body()}\n\n${proposalMarker(change)}`;
  const base = isRetargeted && { base: commit.branch };
  await editProposal(github, commit, open.number, { title: offer.title, body, ...base });
  if (isRetargeted) warn(`${url} merges into ${commit.branch} now, no longer into ${open.base}`);
  return { url, resumes: open.body.includes(waitsFor) };
}

const waitsFor = "<!-- ghcr-fleet waits: ";

/** The commits of others are kept, and so the pull request no longer offers what is wanted. */
async function sayThatItWaits(
  github: GitHubClient,
  proposal: Proposal,
  { branch, commit, change }: Offer,
  warn: (message: string) => void,
): Promise<void> {
  const { number, url, body, others } = proposal;
  const names = others.join(", ");
  warn(
    `${url} has commits by ${names}, so it is not updated: merge it, or close it and delete ${branch}; the next update then offers the rest`,
  );
  const marker = `${waitsFor}${change} -->`;
  if (body.includes(marker)) return;
  await stopAutoMerge(github, proposal);
  const note =
    "The fleet now wants another change than this pull request offers. It has commits by others, which are kept, " +
    `so it waits: merge it, or close it and delete the branch \`${branch}\`. The next update then offers the rest.`;
  await comment(github, commit, number, note);
  await editProposal(github, commit, number, { body: `${body}\n${marker}` });
}

function messageOf({ commit, details }: Offer): Pick<FileCommit, "headline" | "body"> {
  const { commitMessage } = details;
  if (commitMessage === undefined) return commit;
  const [headline = "", ...rest] = commitMessage.trim().split("\n");
  const text = [rest.join("\n").trim(), commit.body].filter(Boolean).join("\n\n");
  return { headline, body: text };
}

const pullSchema = z.object({ html_url: z.string() });

async function openProposal(
  github: GitHubClient,
  all: Proposals,
  offer: Offer,
  warn: (message: string) => void,
): Promise<string> {
  const { commit, change, title, details } = offer;
  await startBranch(github, all, { ...commit, ...messageOf(offer) });
  const { owner, repository: repo, branch: base } = commit;
  const body = `${await offer.body()}\n\n${proposalMarker(change)}`;
  const request = { owner, repo, base, head: offer.branch, title, body };
  const send = async (draft: boolean): Promise<string> => {
    const route = "POST /repos/{owner}/{repo}/pulls";
    const body = { ...request, ...(draft && { draft }) };
    return (await readAnswer(github, pullSchema, route, body)).html_url;
  };
  try {
    return await send(details.draft ?? false);
  } catch (error) {
    // The answer to the first attempt may have been lost: then the pull request exists already.
    const { open } = await readProposals(github, { branch: offer.branch, commit });
    if (open) return open.url;
    // https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/proposing-changes-to-your-work-with-pull-requests/about-pull-requests#draft-pull-requests
    const isAboutDraft = error instanceof RequestError && /draft/i.test(error.message);
    if (!details.draft || !isAboutDraft) throw error;
    const url = await send(false);
    warn(
      `${url} is not a draft: the plan of ${owner} has none for this repository; remove pullRequests.draft`,
    );
    return url;
  }
}

/**
 * What follows once the pull request exists: its details, and the end of those before it.
 *
 * @returns the commit, if it was merged at once
 */
async function finish(
  github: GitHubClient,
  all: Proposals,
  offer: Offer,
  { url, waits, resumes }: Present,
  warn: (message: string) => void,
): Promise<string | undefined> {
  const { commit, detailsChanged, endsAutoMerge, known } = offer;
  for (const former of all.superseded) {
    const why = `Superseded by ${url}, the one pull request that the fleet keeps open here.`;
    await closeProposal(github, commit, former, why);
  }
  const gone = all.superseded.filter(({ others }) => others.length === 0);
  await deleteBranches(github, all, commit, gone);
  // Later, people may have changed them.
  const isNew = known !== url;
  if (!isNew && !detailsChanged && !resumes) return undefined;
  if (endsAutoMerge && all.open) await stopAutoMerge(github, all.open);
  const details = waits ? { ...offer.details, autoMerge: undefined } : offer.details;
  return applyDetails(github, all, { commit, url, details }, warn);
}
