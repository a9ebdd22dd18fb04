import { createGitHubClient, type GitHubClient } from "../../github/client/github-client.ts";
import { upsertIssue, type IssueText } from "../../github/issues/upsert-issue.ts";
import { UsageError } from "../../user-error.ts";
import { printNote } from "../terminal/print-note.ts";
import { takeCommentToken } from "./take-comment-token.ts";

/** `true` where the option has no value. */
export type IssueOption = string | true | undefined;

/**
 * The repository of the issue: the option's value, or the repository whose workflow is running.
 *
 * @returns nothing where no issue is wanted
 * @throws {UsageError} the option has no value, and no workflow is running
 */
export function issueRepository(option: IssueOption): string | undefined {
  if (option !== true) return option;
  const own = process.env["GITHUB_REPOSITORY"];
  if (own) return own;
  throw new UsageError("in which repository? Write --issue <owner/name>, or set GITHUB_REPOSITORY");
}

/**
 * Opens, updates or closes the one issue about a stack's audit or drift, and prints the result on
 * stderr. A workflow may have a token of its own for this, so that the admin token needs no write
 * access to issues.
 *
 * @param text nothing where the issue is to be closed
 * @param closingComment the comment with which it is closed
 */
export async function upsertStackIssue(
  github: GitHubClient,
  fullName: string,
  subject: { readonly name: "audit" | "drift"; readonly stack: string },
  text: IssueText | undefined,
  closingComment: string,
): Promise<void> {
  const [owner = "", repository = ""] = fullName.split("/");
  const marker = `<!-- ghcr-fleet ${subject.name} ${subject.stack} -->`;
  const baseUrl = process.env["GITHUB_API_URL"] ?? github.host.api;
  const token = takeCommentToken();
  const own = token ? createGitHubClient({ baseUrl, token, onWait: printNote }) : undefined;
  const writer = own ? "the token in GHCR_FLEET_COMMENT_TOKEN" : "the admin token";
  const place = { owner, repository, marker, writer };
  const { change, url } = await upsertIssue(own ?? github, place, text, closingComment);
  if (url !== undefined) printNote(`issue ${change}: ${url}`);
}
