import { z } from "zod";
import { unprintable } from "../printable.ts";
import { plainText } from "./inert-texts.ts";
import { namePatterns } from "./name-patterns.ts";

/** The length that GitHub allows for a title and for the first line of a commit that it shows as a whole. */
const longestTitle = 256;

const line = plainText.max(longestTitle, `is longer than ${longestTitle} characters`);

const logins = z.array(
  z
    .string()
    .regex(namePatterns.owner, "is not a login; write it without @, as in github.com/<login>"),
);

const slugs = z.array(
  z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9_-]*$/,
      "is not the slug of a team; write it as at the end of github.com/orgs/<owner>/teams/<slug>",
    ),
);

/** How the pull requests of the fleet look, and who is asked about them. */
export const pullRequestsSchema = z
  .strictObject({
    labels: z.array(line).optional().describe("Labels that the repository has. Default: none."),
    reviewers: logins.optional().describe("Logins that are asked for a review. Default: none."),
    teamReviewers: slugs
      .optional()
      .describe("Slugs of teams that are asked for a review. Default: none."),
    assignees: logins.optional().describe("Logins. Default: none."),
    draft: z.boolean().optional().describe("Whether they are opened as drafts. Default: false."),
    autoMerge: z
      .enum(["merge", "squash", "rebase"])
      .optional()
      .describe(
        "How GitHub merges them once everything that the branch requires is met, if the repository allows auto-merge. Default: a person merges.",
      ),
    title: line.optional().describe("Default: says what changes."),
    commitMessage: z
      .string()
      .min(1, "is empty")
      .refine(
        (text) => !unprintable.test(text.replaceAll("\n", "")),
        "contains a control character",
      )
      .optional()
      .describe("The headline of their commit, and more lines. Default: says what changes."),
  })
  .optional()
  .describe("The pull requests that bring workflow files.");

export type PullRequestSettings = NonNullable<z.output<typeof pullRequestsSchema>>;
