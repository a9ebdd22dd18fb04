import { RequestError } from "@octokit/request-error";
import { explainFailure } from "../github/explain-failure.ts";
import type { GitHubClient } from "../github/github-client.ts";
import { UserError } from "../user-error.ts";
import type { PullRequestPlace } from "./find-pull-request.ts";

interface WrittenComment {
  readonly url: string;
  readonly updated: boolean;
}

/**
 * Writes the one comment with this marker: a second run replaces what the first one said.
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
    const comments = await github.paginate(
      "GET /repos/{owner}/{repo}/issues/{issue_number}/comments",
      {
        ...place,
        issue_number: number,
        per_page: 100,
      },
    );
    const known = comments.find((comment) => comment.body?.startsWith(marker));
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
  const refused = error instanceof RequestError && (error.status === 403 || error.status === 404);
  if (!refused) return explainFailure(error, what);
  return new UserError(
    `cannot ${what}: GitHub answered ${error.status}. The token in GHCR_FLEET_COMMENT_TOKEN needs ` +
      "the permission pull-requests: write; runs of a pull request from a fork never have it",
  );
}
