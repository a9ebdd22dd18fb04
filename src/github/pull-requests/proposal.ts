import { z } from "zod";
import { managedNote } from "../contents/managed-note.ts";

/** The prefix of all branches of the fleet, before a slash. */
export const proposalFolder = "ghcr-fleet";

/** The branch of the one pull request that a repository gets for its own files. */
export const proposalBranch = `${proposalFolder}/publishing`;

/** The branch of the one for the workflow that others call: the same repository may have both. */
export const sharedProposalBranch = `${proposalFolder}/shared-workflow`;

/** Where a commit is made that then replaces the one on such a branch. */
export function stagingBranch(branch: string): string {
  return `${branch}-next`;
}

const actorSchema = z.object({ login: z.string() }).nullable();

/** What a query asks about the end of a pull request. */
export const closedFields = `closedAt timelineItems(itemTypes: [CLOSED_EVENT], last: 1) {
  nodes { ... on ClosedEvent { actor { login } } } }`;

/** The same in an answer. */
export const closedSchema = z.object({
  closedAt: z.string().nullable(),
  timelineItems: z.object({ nodes: z.array(z.object({ actor: actorSchema })) }),
});

/** Who closed it, and when (ISO-8601); absent while it is open. */
export function closedOf({ closedAt, timelineItems: { nodes } }: z.output<typeof closedSchema>) {
  return closedAt === null ? undefined : { by: nodes[0]?.actor?.login, at: closedAt };
}

const signatureSchema = z
  .object({ name: z.string().nullable(), email: z.string().nullable(), user: actorSchema })
  .nullable();

const nodeSchema = closedSchema.extend({
  id: z.string(),
  number: z.int(),
  url: z.string(),
  state: z.enum(["OPEN", "CLOSED", "MERGED"]),
  body: z.string(),
  headRefName: z.string(),
  headRefOid: z.string(),
  baseRefName: z.string(),
  isCrossRepository: z.boolean(),
  mergeable: z.enum(["CONFLICTING", "MERGEABLE", "UNKNOWN"]),
  autoMergeRequest: z.object({ mergeMethod: z.string() }).nullable(),
  author: actorSchema,
  commits: z.object({
    nodes: z.array(
      z.object({
        commit: z.object({
          oid: z.string(),
          message: z.string(),
          committedViaWeb: z.boolean(),
          author: signatureSchema,
          committer: signatureSchema,
          parents: z.object({ totalCount: z.int() }),
        }),
      }),
    ),
  }),
});

/** Nothing for one from a fork: anybody can open those, with a branch of any name. */
export const proposalSchema = nodeSchema.transform((node) =>
  node.isCrossRepository ? undefined : toProposal(node),
);

/** What a query asks about each pull request. */
export const proposalFields = `
  id number url state body headRefName headRefOid baseRefName isCrossRepository mergeable
  autoMergeRequest { mergeMethod } author { login }
  commits(last: 50) { nodes { commit {
    oid message committedViaWeb author { name email user { login } }
    committer { name email user { login } } parents { totalCount } } } }
  ${closedFields}`;

/** A pull request of the fleet, as GitHub shows it. */
export type Proposal = Readonly<ReturnType<typeof toProposal>>;

function toProposal(node: z.output<typeof nodeSchema>) {
  const commits = node.commits.nodes.map(({ commit: { author, committer, ...commit } }) => {
    // A person who amends a commit of the fleet leaves its author.
    const hasNote = isNoted(commit.message);
    const who = hasNote ? committer : author;
    return {
      by: who?.user?.login ?? who?.name ?? "somebody",
      oid: commit.oid,
      hasNote,
      isOwn:
        hasNote && (commit.committedViaWeb || isGitHub(committer?.user?.login, committer?.email)),
      // "Update branch" on the page of a pull request, and "Resolve conflicts".
      isMerge: commit.parents.totalCount > 1 && commit.committedViaWeb,
    };
  });
  const namesOf = (some: typeof commits) => [...new Set(some.map(({ by }) => by))];
  return {
    /** GraphQL's id. */
    id: node.id,
    number: node.number,
    url: node.url,
    state: node.state,
    body: node.body,
    /** The branch that it merges, and the commit at its end. */
    branch: node.headRefName,
    head: node.headRefOid,
    /** The branch that it merges into. */
    base: node.baseRefName,
    author: node.author?.login,
    /** Whether its base changed the same lines, as far as GitHub has found out. */
    mergeable: node.mergeable,
    /** Whether GitHub merges it once everything required is met. */
    autoMerge: node.autoMergeRequest !== null,
    closed: closedOf(node),
    /** Who made commits that are not the fleet's. */
    others: namesOf(commits.filter(({ isOwn, isMerge }) => !isOwn && !isMerge)),
    /** Who merged the base into it, on its page. */
    mergers: namesOf(commits.filter(({ isMerge }) => isMerge)),
    /** The id of the newest commit that the fleet made. */
    ownCommit: commits.findLast(({ isOwn }) => isOwn)?.oid,
    /** Whether one of its commits is or was the fleet's. */
    hasOwn: commits.some(({ hasNote }) => hasNote),
  };
}

/** Every commit of the fleet says so; one that a person amended or rebased still does. */
export function isNoted(message: string): boolean {
  return message.includes(managedNote);
}

/**
 * Whether a committer is GitHub itself, which makes the fleet's commits. A person who amends or rebases one becomes
 * its committer.
 *
 * @see https://github.com/web-flow
 */
export function isGitHub(login: string | null | undefined, email: string | null | undefined) {
  return login === "web-flow" || (email ?? "").startsWith("noreply@");
}

/**
 * The last line of a pull request's text, by which a later run knows what it offers.
 *
 * @param change the id of the wanted change; nothing where the fleet itself closes the pull request
 */
export function proposalMarker(change: string | undefined): string {
  return `<!-- ghcr-fleet change: ${change ?? "withdrawn"} -->`;
}

/** @returns the change that it offers, `withdrawn`, or nothing where somebody removed the marker */
export function offeredChange({ body }: Pick<Proposal, "body">): string | undefined {
  return /<!-- ghcr-fleet change: ([\w-]+) -->/.exec(body)?.[1];
}

/** Somebody closed it without a merge. */
export function isDeclined(proposal: Proposal): boolean {
  return proposal.state === "CLOSED" && offeredChange(proposal) !== "withdrawn";
}
