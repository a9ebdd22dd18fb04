import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import { UserError } from "../../user-error.ts";
import { explainFailure, isLimit } from "../client/explain-failure.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer } from "../client/parse-answer.ts";

export interface IssuePlace {
  readonly owner: string;
  readonly repository: string;
  /** Finds the issue again: a comment of HTML, which nobody sees. */
  readonly marker: string;
  /** Whose token writes, as people know it: `the admin token`. */
  readonly writer: string;
}

export interface IssueText {
  readonly title: string;
  /** Markdown, without the marker. */
  readonly body: string;
}

export interface KeptIssue {
  readonly change: "opened" | "updated" | "unchanged" | "closed" | "none";
  readonly url: string | undefined;
}

/** As GitHub's form says; the API answers 422 above it. */
export const longestIssueBody = 65_536;

const issueSchema = z.object({
  number: z.int(),
  title: z.string(),
  body: z.string().nullable(),
  html_url: z.string(),
  user: z.object({ login: z.string(), type: z.string() }).nullish(),
  author_association: z.string().optional(),
  pull_request: z.unknown().optional(),
});

type Issue = z.output<typeof issueSchema>;

/**
 * Keeps one open issue about a matter: opens it, brings it up to date, or closes it with a comment
 * when there is nothing left to say. Nothing is written where all is as it should be.
 *
 * @param wanted nothing where the matter is settled
 * @param farewell the comment with which it is closed
 * @throws {UserError} GitHub refuses, or the repository has no issues
 * @see https://docs.github.com/en/rest/issues/issues
 */
export async function keepIssue(
  github: GitHubClient,
  place: IssuePlace,
  wanted: IssueText | undefined,
  farewell: string,
): Promise<KeptIssue> {
  const { owner, repository: repo, marker } = place;
  try {
    const [known, ...others] = await findIssues(github, place);
    // Of one whose answer was lost another was opened, and nobody would close that.
    for (const other of others) {
      if (isTwin(place, other, known)) await closeIssue(github, place, other, "duplicate");
    }
    if (!wanted) return known ? await sayFarewell(github, place, known, farewell) : nothing;
    const text = { title: wanted.title, body: `${marker}\n${wanted.body}` };
    if (!known) {
      const route = "POST /repos/{owner}/{repo}/issues";
      const { data } = await github.request(route, { owner, repo, ...text });
      return { change: "opened", url: parseAnswer(issueSchema, data, route).html_url };
    }
    const url = known.html_url;
    if (known.title === text.title && sameText(known.body, text.body)) {
      return { change: "unchanged", url };
    }
    await github.request("PATCH /repos/{owner}/{repo}/issues/{number}", {
      owner,
      repo,
      number: known.number,
      ...text,
    });
    return { change: "updated", url };
  } catch (error) {
    if (error instanceof RequestError && error.status === 410) {
      throw new UserError(
        `${owner}/${repo} has issues switched off: switch them on, or name another repository with --issue <owner/name>`,
      );
    }
    throw explainRefusal(error, place);
  }
}

const nothing: KeptIssue = { change: "none", url: undefined };

/**
 * The open issues with the marker, the oldest first; pull requests are in the same list. One that a
 * passer-by opened is none of ours: whoever wrote an issue can change its text, and close it.
 */
async function findIssues(github: GitHubClient, place: IssuePlace): Promise<Issue[]> {
  const { owner, repository: repo, marker } = place;
  const route = "GET /repos/{owner}/{repo}/issues";
  const parameters = { owner, repo, state: "open", direction: "asc", per_page: 100 } as const;
  const found: Issue[] = [];
  for await (const { data } of github.paginate.iterator(route, parameters)) {
    for (const issue of parseAnswer(z.array(issueSchema), data, route)) {
      if (issue.pull_request !== undefined || !issue.body?.includes(marker)) continue;
      if (await isByInsider(github, place, issue)) found.push(issue);
    }
  }
  return found;
}

/**
 * Of somebody whose membership is private, the association tells a workflow's token nothing: then it
 * counts who may write to the repository.
 *
 * @see https://docs.github.com/en/graphql/reference/enums#commentauthorassociation
 * @see https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
 */
async function isByInsider(
  github: GitHubClient,
  { owner, repository: repo }: IssuePlace,
  { user, author_association }: Issue,
): Promise<boolean> {
  if (!user) return false;
  if (user.type === "Bot") return true;
  if (["OWNER", "MEMBER", "COLLABORATOR"].includes(author_association ?? "")) return true;
  const route = "GET /repos/{owner}/{repo}/collaborators/{username}/permission";
  try {
    const { data } = await github.request(route, { owner, repo, username: user.login });
    return ["admin", "write"].includes(parseAnswer(permissionSchema, data, route).permission);
  } catch (error) {
    if (error instanceof RequestError && [403, 404].includes(error.status)) return false;
    throw error;
  }
}

const permissionSchema = z.object({ permission: z.string() });

/** Written by the same, and as it was written: nobody's copy of it. */
function isTwin({ marker }: IssuePlace, { user, body }: Issue, known: Issue | undefined): boolean {
  return user?.login === known?.user?.login && body?.startsWith(marker) === true;
}

/** Closed first: a comment that is refused, because somebody locked the conversation, keeps nothing open. */
async function sayFarewell(
  github: GitHubClient,
  place: IssuePlace,
  issue: Issue,
  body: string,
): Promise<KeptIssue> {
  const { owner, repository: repo } = place;
  await closeIssue(github, place, issue, "completed");
  const route = "POST /repos/{owner}/{repo}/issues/{number}/comments";
  await github
    .request(route, { owner, repo, number: issue.number, body })
    .catch((error: unknown) => {
      if (!(error instanceof RequestError) || error.status !== 403 || isLimit(error)) throw error;
    });
  return { change: "closed", url: issue.html_url };
}

async function closeIssue(
  github: GitHubClient,
  { owner, repository: repo }: IssuePlace,
  { number }: Issue,
  state_reason: "completed" | "duplicate",
): Promise<void> {
  const route = "PATCH /repos/{owner}/{repo}/issues/{number}";
  await github.request(route, { owner, repo, number, state: "closed", state_reason });
}

function explainRefusal(error: unknown, { owner, repository, writer }: IssuePlace): Error {
  const what = `keep an issue in ${owner}/${repository}`;
  if (!(error instanceof RequestError) || isLimit(error)) return explainFailure(error, what);
  const answered = `cannot ${what}: GitHub answered ${error.status}`;
  switch (error.status) {
    case 401:
      return new UserError(`${answered}; ${writer} is wrong, revoked or has expired`);
    case 403:
    case 404:
      return new UserError(
        `${answered}; ${writer} has to see ${owner}/${repository} and needs the permission issues: write there`,
      );
    default:
      return explainFailure(error, what);
  }
}

/** GitHub may hand back other line ends. */
function sameText(known: string | null, wanted: string): boolean {
  return known?.replaceAll("\r\n", "\n").trim() === wanted.trim();
}
