import { createGitHubClient, type GitHubClient } from "../github/client/github-client.ts";
import { keepIssue, type IssueText } from "../github/issues/upsert-issue.ts";
import { UsageError } from "../user-error.ts";
import { takeCommentToken } from "./take-comment-token.ts";

/** `true` where the option stands without a repository. */
export type IssueOption = string | true | undefined;

/**
 * The repository that an issue is kept in: the one that is named, or the one whose workflow runs.
 *
 * @returns nothing where no issue is asked for
 * @throws {UsageError} none is named, and no workflow runs
 */
export function issueRepository(option: IssueOption): string | undefined {
  if (option !== true) return option;
  const own = process.env["GITHUB_REPOSITORY"];
  if (own) return own;
  throw new UsageError("in which repository? Write --issue <owner/name>, or set GITHUB_REPOSITORY");
}

/**
 * Keeps the one issue about a matter of a stack, and tells on stderr what became of it. In a workflow
 * that has a token of its own for that, the one that looks at the fleet need not write.
 */
export async function keepCommandIssue(
  github: GitHubClient,
  fullName: string,
  matter: { readonly name: "audit" | "drift"; readonly stack: string },
  text: IssueText | undefined,
  farewell: string,
): Promise<void> {
  const [owner = "", repository = ""] = fullName.split("/");
  const marker = `<!-- ghcr-fleet ${matter.name} ${matter.stack} -->`;
  const baseUrl = process.env["GITHUB_API_URL"];
  const token = takeCommentToken();
  const own = token && baseUrl ? createGitHubClient({ baseUrl, token, onWait: tell }) : undefined;
  const writer = own ? "the token in GHCR_FLEET_COMMENT_TOKEN" : "the admin token";
  const place = { owner, repository, marker, writer };
  const { change, url } = await keepIssue(own ?? github, place, text, farewell);
  if (url !== undefined) tell(`issue ${change}: ${url}`);
}

function tell(message: string): void {
  process.stderr.write(`${message}\n`);
}
