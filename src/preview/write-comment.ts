import { RequestError } from "@octokit/request-error";
import { explainFailure } from "../github/explain-failure.ts";
import type { GitHubClient } from "../github/github-client.ts";
import { readOwnLogin } from "../github/own-login.ts";
import { UserError } from "../user-error.ts";
import type { PullRequestPlace } from "./find-pull-request.ts";

interface WrittenComment {
  readonly url: string;
  readonly updated: boolean;
}

/**
 * Writes the one comment with this marker: a second run replaces what the first one said. A comment
 * of somebody else is left alone, whatever it begins with: its author could change the text again,
 * and reviewers would take that for ours.
 *
 * @param marker the comment begins with it
 * @throws {UserError} GitHub refuses; says what the token lacks
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
    const own = await readOwnLogin(github);
    const comments = await github.paginate(
      "GET /repos/{owner}/{repo}/issues/{issue_number}/comments",
      { ...place, issue_number: number, per_page: 100 },
    );
    const known = comments.find(
      (comment) => comment.user?.login === own && comment.body?.startsWith(marker),
    );
    if (known) {
      const { data } = await github.request(
        "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
        { ...place, comment_id: known.id, body },
      );
      return { url: data.html_url, updated: true };
    }
    const { data } = await github.request(
      "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
      { ...place, issue_number: number, body },
    );
    return { url: data.html_url, updated: false };
  } catch (error) {
    throw explainRefusal(error, `comment on ${owner}/${repository}#${number}`);
  }
}

function explainRefusal(error: unknown, what: string): Error {
  if (!(error instanceof RequestError) || ![403, 404].includes(error.status)) {
    return explainFailure(error, what);
  }
  // https://docs.github.com/en/communities/moderating-comments-and-conversations/locking-conversations
  if (/is locked/.test(error.message)) {
    return new UserError(`cannot ${what}: its conversation is locked. Unlock it, and run again`);
  }
  if (!/not accessible|not found|must have/i.test(error.message))
    return explainFailure(error, what);
  return new UserError(
    `cannot ${what}: GitHub answered ${error.status}. The token in GHCR_FLEET_COMMENT_TOKEN needs ` +
      "the permission pull-requests: write; runs of a pull request from a fork never have it",
  );
}
