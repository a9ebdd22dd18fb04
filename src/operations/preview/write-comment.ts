import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import { explainFailure } from "../../github/client/explain-failure.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import { parseAnswer } from "../../github/client/parse-answer.ts";
import { unlessMissing } from "../../github/client/unless-refused.ts";
import { UserError } from "../../user-error.ts";
import type { PullRequestPlace } from "./find-pull-request.ts";

interface WrittenComment {
  readonly url: string;
  readonly updated: boolean;
}

/**
 * Writes the one comment with this marker: a second run replaces it. Comments of other accounts are not
 * used, even with the marker: their author could edit the text, and reviewers would trust it.
 *
 * @param marker the start of the comment
 * @throws {UserError} GitHub refuses; the message says what the token lacks
 * @see https://docs.github.com/en/rest/issues/comments
 */
export async function writeComment(
  github: GitHubClient,
  { owner, repository, number }: Pick<PullRequestPlace, "owner" | "repository" | "number">,
  marker: string,
  body: string,
): Promise<WrittenComment> {
  const place = { owner, repo: repository };
  try {
    const [first, ...duplicates] = await findOwn(
      github,
      { ...place, issue_number: number },
      marker,
    );
    const known = first && (await replace(github, { ...place, comment_id: first.id }, body));
    // When the answer to a request is lost, the comment is written twice.
    for (const { id } of duplicates) {
      const route = "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}";
      await unlessMissing(() => github.request(route, { ...place, comment_id: id }));
    }
    if (known !== undefined) return { url: known, updated: true };
    const { data } = await github.request(
      "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
      { ...place, issue_number: number, body },
    );
    return { url: data.html_url, updated: false };
  } catch (error) {
    throw explainRefusal(error, `comment on ${owner}/${repository}#${number}`);
  }
}

/** Oldest first. */
async function findOwn(
  github: GitHubClient,
  place: { readonly owner: string; readonly repo: string; readonly issue_number: number },
  marker: string,
) {
  const own = await readOwnLogin(github);
  const comments = await github.paginate(
    "GET /repos/{owner}/{repo}/issues/{issue_number}/comments",
    { ...place, per_page: 100 },
  );
  return comments.filter(({ user, body }) => user?.login === own && body?.startsWith(marker));
}

const viewerSchema = z.object({ viewer: z.object({ login: z.string() }) });

/**
 * The login of a token: its owner's, or `github-actions[bot]` for the token of a job. REST returns it only
 * for the tokens of people.
 */
async function readOwnLogin(github: GitHubClient): Promise<string> {
  const answer: unknown = await github.query("query Viewer { viewer { login } }");
  return parseAnswer(viewerSchema, answer, "the query for the token's login").viewer.login;
}

/** @returns its page; nothing where it was deleted meanwhile */
async function replace(
  github: GitHubClient,
  place: { readonly owner: string; readonly repo: string; readonly comment_id: number | bigint },
  body: string,
): Promise<string | undefined> {
  const route = "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}";
  const answer = await unlessMissing(() => github.request(route, { ...place, body }));
  return answer?.data.html_url;
}

function explainRefusal(error: unknown, what: string): Error {
  if (error instanceof RequestError && error.status === 401) {
    return new UserError(
      `cannot ${what}: the token in GHCR_FLEET_COMMENT_TOKEN is wrong or has expired; a job's own token expires with the job`,
    );
  }
  if (!(error instanceof RequestError) || ![403, 404].includes(error.status)) {
    return explainFailure(error, what);
  }
  // https://docs.github.com/en/communities/moderating-comments-and-conversations/locking-conversations
  if (/is locked/.test(error.message)) {
    return new UserError(`cannot ${what}: its conversation is locked. Unlock it and run again`);
  }
  if (!/not accessible|not found|must have/i.test(error.message))
    return explainFailure(error, what);
  return new UserError(
    `cannot ${what}: GitHub answered ${error.status}. The token in GHCR_FLEET_COMMENT_TOKEN needs ` +
      "the permission pull-requests: write; runs of a pull request from a fork never have it",
  );
}
