import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import { UserError } from "../../user-error.ts";
import { explainFailure, isLimit } from "../client/explain-failure.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer, readAnswer } from "../client/parse-answer.ts";
import { unlessRefused } from "../client/unless-refused.ts";

interface IssuePlace {
  readonly owner: string;
  readonly repository: string;
  /** An HTML comment, invisible on the page, by which the issue is found again. */
  readonly marker: string;
  /** Name of the token that writes, for messages: `the admin token`. */
  readonly writer: string;
}

export interface IssueText {
  readonly title: string;
  /** Markdown, without the marker. */
  readonly body: string;
}

interface UpsertedIssue {
  readonly change: "opened" | "updated" | "unchanged" | "closed" | "none";
  readonly url: string | undefined;
}

/** From GitHub's web form; the API answers 422 to a longer body. */
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
 * Maintains one open issue: opens or updates it, or closes it with a comment. Nothing is written where
 * the issue is up to date.
 *
 * @param wanted nothing where the issue is to be closed
 * @param closingComment the comment with which it is closed
 * @throws {UserError} GitHub refuses, or the repository has no issues
 * @see https://docs.github.com/en/rest/issues/issues
 */
export async function upsertIssue(
  github: GitHubClient,
  place: IssuePlace,
  wanted: IssueText | undefined,
  closingComment: string,
): Promise<UpsertedIssue> {
  const { owner, repository: repo, marker } = place;
  try {
    const [known, ...others] = await findIssues(github, place);
    // When the answer to a request is lost, a second issue is opened, which nothing else would close.
    for (const other of others) {
      if (isDuplicate(place, other, known)) await closeIssue(github, place, other, "duplicate");
    }
    if (!wanted) return known ? await finishIssue(github, place, known, closingComment) : nothing;
    const text = { title: wanted.title, body: `${marker}\n${wanted.body}` };
    if (!known) {
      const route = "POST /repos/{owner}/{repo}/issues";
      const opened = await readAnswer(github, issueSchema, route, { owner, repo, ...text });
      return { change: "opened", url: opened.html_url };
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

const nothing: UpsertedIssue = { change: "none", url: undefined };

/**
 * The open issues with the marker, oldest first; GitHub lists pull requests too. An issue that an
 * outsider opened is not used: its author can change its text and close it.
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
 * A workflow's token cannot see a private membership in the association: then write access to the
 * repository decides.
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
  const found = await unlessRefused([403, 404], () =>
    readAnswer(github, permissionSchema, route, { owner, repo, username: user.login }),
  );
  return found !== undefined && ["admin", "write"].includes(found.permission);
}

const permissionSchema = z.object({ permission: z.string() });

/** Written by the same account and not edited, so it is no copy that somebody else made. */
function isDuplicate(
  { marker }: IssuePlace,
  { user, body }: Issue,
  known: Issue | undefined,
): boolean {
  return user?.login === known?.user?.login && body?.startsWith(marker) === true;
}

/** Closes before it comments: a locked conversation refuses the comment, and must not keep the issue open. */
async function finishIssue(
  github: GitHubClient,
  place: IssuePlace,
  issue: Issue,
  body: string,
): Promise<UpsertedIssue> {
  const { owner, repository: repo } = place;
  await closeIssue(github, place, issue, "completed");
  const route = "POST /repos/{owner}/{repo}/issues/{number}/comments";
  const comment = { owner, repo, number: issue.number, body };
  await unlessRefused([403], () => github.request(route, comment));
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
  const what = `maintain the issue in ${owner}/${repository}`;
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

/** GitHub may return other line endings. */
function sameText(known: string | null, wanted: string): boolean {
  return known?.replaceAll("\r\n", "\n").trim() === wanted.trim();
}
