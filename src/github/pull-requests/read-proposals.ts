import { z } from "zod";
import type { FileCommit } from "../contents/commit-files.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer, readAnswer } from "../client/parse-answer.ts";
import { buildQuery } from "../client/query-each.ts";
import { gitBlobId } from "../contents/git-blob-id.ts";
import { readFiles } from "../contents/read-files.ts";
import {
  proposalBranch,
  proposalFields,
  proposalFolder,
  proposalSchema,
  type Proposal,
} from "./proposal.ts";

/** What a repository has of the fleet's pull requests. */
export interface Proposals {
  /** GraphQL's id of the repository. */
  readonly repositoryId: string;
  /** Its page. */
  readonly url: string;
  /** The role of the token's account, in upper case; absent where it has none. */
  readonly role: string | undefined;
  /** Whether the repository lets pull requests wait for their merge. */
  readonly allowsAutoMerge: boolean;
  /** The fleet's branch that was asked for. */
  readonly branch: string;
  /** Branches of the fleet, and the commits at their ends. */
  readonly branches: ReadonlyMap<string, string>;
  /** The open pull request on the fleet's branch. */
  readonly open: Proposal | undefined;
  /** The newest one that is closed or merged. */
  readonly last: Proposal | undefined;
  /** Open ones on branches that earlier versions used. */
  readonly superseded: readonly Proposal[];
  /** Whether the fleet's branch has the wanted files. */
  readonly isRight: boolean;
  /** The requested labels that the repository does not have. */
  readonly unknownLabels: readonly string[];
}

export interface ProposalsRequest {
  /** The fleet's branch that the pull request merges. */
  readonly branch: string;
  readonly commit: Pick<FileCommit, "owner" | "repository" | "additions" | "deletions">;
  readonly labels?: readonly string[];
  /** The pull request that an earlier run opened, maybe on a branch with another name. */
  readonly known?: string | undefined;
}

const nodesOf = <Schema extends z.ZodType>(schema: Schema) => z.object({ nodes: z.array(schema) });

const answerSchema = z.object({
  repository: z
    .object({
      id: z.string(),
      url: z.string(),
      viewerPermission: z.string().nullable(),
      autoMergeAllowed: z.boolean(),
      pullRequests: nodesOf(proposalSchema),
      known: proposalSchema.nullish(),
      refs: nodesOf(
        z.object({
          name: z.string(),
          target: z.object({ oid: z.string() }),
          associatedPullRequests: nodesOf(proposalSchema),
        }),
      ),
    })
    .catchall(z.object({ oid: z.string().optional() }).nullable()),
});

/**
 * Reads everything about the fleet's pull requests in a repository, with one query.
 *
 * @throws {GraphqlResponseError} the repository does not exist or may not be seen
 */
export async function readProposals(
  github: GitHubClient,
  { branch, commit, labels = [], known }: ProposalsRequest,
): Promise<Proposals> {
  const { owner, repository: name, additions, deletions } = commit;
  const paths = [...Object.keys(additions), ...deletions];
  const number = known === undefined ? undefined : pullRequestNumber(known);
  const { query, variables } = buildQuery("Proposals", (variable) => {
    const parts = [
      ...paths.map((path, index) => {
        const file = variable(`refs/heads/${branch}:${path}`);
        return `path${index}: object(expression: ${file}) { oid }`;
      }),
      ...labels.map((label, index) => `label${index}: label(name: ${variable(label)}) { id }`),
      number === undefined ? "" : `known: pullRequest(number: ${number}) { ${proposalFields} }`,
    ];
    return `repository(owner: ${variable(owner)}, name: ${variable(name)}) {
      id url viewerPermission autoMergeAllowed
      pullRequests(headRefName: "${branch}", first: 10,
        orderBy: { field: CREATED_AT, direction: DESC }) { nodes { ${proposalFields} } }
      refs(refPrefix: "refs/heads/${proposalFolder}/", first: 20) { nodes {
        name target { oid }
        associatedPullRequests(states: [OPEN], first: 3) { nodes { ${proposalFields} } } } }
      ${parts.join("\n")} }`;
  });
  const answer = await github.query(query, variables);
  const { repository: node } = parseAnswer(answerSchema, answer, "the query for pull requests");
  const present = <T>(all: readonly (T | null | undefined)[]): T[] =>
    all.flatMap((each) => each ?? []);
  const onBranch = present(node.pullRequests.nodes);
  const own = [...onBranch, ...present([node.known])].sort((a, b) => b.number - a.number);
  const others = [
    ...node.refs.nodes.flatMap(({ associatedPullRequests: { nodes } }) => present(nodes)),
    ...own,
  ].filter((each) => branch === proposalBranch && each.state === "OPEN" && isFormerBranch(each));
  const settle = (some: readonly Proposal[]) =>
    Promise.all(some.map((each) => judgeMerges(github, commit, each)));
  const [open] = await settle(onBranch.filter(({ state }) => state === "OPEN").slice(0, 1));
  const [last] = await settle(own.filter(({ state }) => state !== "OPEN").slice(0, 1));
  const oidOf = (path: string) => node[`path${paths.indexOf(path)}`]?.oid;
  return {
    repositoryId: node.id,
    branch,
    url: node.url,
    role: node.viewerPermission ?? undefined,
    allowsAutoMerge: node.autoMergeAllowed,
    branches: new Map(
      node.refs.nodes.map(({ name: ref, target }) => [branchName(ref), target.oid]),
    ),
    open,
    last,
    superseded: await settle([...new Map(others.map((each) => [each.number, each])).values()]),
    isRight:
      Object.entries(additions).every(([path, text]) => oidOf(path) === gitBlobId(text)) &&
      deletions.every((path) => oidOf(path) === undefined),
    unknownLabels: labels.filter((_, index) => !node[`label${index}`]),
  };
}

/** @param url `https://github.com/acme/api/pull/1` */
export function pullRequestNumber(url: string): number | undefined {
  const number = /\/pull\/(\d+)$/.exec(url)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** Named after their content, in earlier versions. */
function isFormerBranch({ branch }: Proposal): boolean {
  return branch.startsWith(`${proposalFolder}/workflows-`);
}

/** GitHub's `name` of a ref leaves out `refs/heads/` and, with a longer prefix, maybe more. */
function branchName(ref: string): string {
  return ref.startsWith(`${proposalFolder}/`) ? ref : `${proposalFolder}/${ref}`;
}

const commitSchema = z.object({
  files: z
    .array(z.object({ filename: z.string(), sha: z.string().nullable(), status: z.string() }))
    .default([]),
});

/**
 * GitHub makes the same kind of commit for "Update branch" and for "Resolve conflicts", where a person edits
 * the fleet's files. A pull request whose files are still those of the fleet's commit has no such edits; in
 * another one the merges are commits by others. Reads only where there are merges.
 */
async function judgeMerges(
  github: GitHubClient,
  { owner, repository: repo }: Pick<FileCommit, "owner" | "repository">,
  proposal: Proposal,
): Promise<Proposal> {
  const { mergers, ownCommit, state, head } = proposal;
  if (mergers.length === 0 || ownCommit === undefined || state === "MERGED") return proposal;
  const route = "GET /repos/{owner}/{repo}/commits/{ref}";
  const { files } = await readAnswer(github, commitSchema, route, { owner, repo, ref: ownCommit });
  if (files.length === 0) return proposal;
  const present = await readFiles(
    github,
    owner,
    files.map(({ filename: path }) => ({ repository: repo, revision: head, path })),
  );
  const isUntouched = files.every(
    ({ sha, status }, index) =>
      present[index]?.blob === (status === "removed" ? undefined : (sha ?? undefined)),
  );
  if (isUntouched) return proposal;
  return { ...proposal, others: [...new Set([...proposal.others, ...mergers])] };
}
