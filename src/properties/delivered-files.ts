import { z } from "zod";

export const delivery = z
  .enum(["commit", "pull-request"])
  .describe("commit, or pull-request: never directly to the branch.");

/** Path to text. */
export const templateFiles = z.record(
  z
    .string()
    .regex(/^\.github\/workflows\/[^/]+\.ya?ml$/, "must be a YAML file in .github/workflows"),
  z.string().min(1),
);

/** Path to git blob id. The engine writes the whole state at each step, so it has no texts. */
export const blobs = z.record(z.string(), z.string());

const logins = z.array(z.string().min(1)).optional();

/** How pull requests look, and who is asked about them. */
export const pullRequests = z
  .object({
    labels: logins.describe("Labels that the repository has."),
    reviewers: logins.describe("Logins."),
    teamReviewers: logins.describe("Slugs of teams."),
    assignees: logins.describe("Logins."),
    draft: z.boolean().optional(),
    autoMerge: z
      .enum(["merge", "squash", "rebase"])
      .optional()
      .describe("How it is merged once everything required is met."),
    title: z.string().min(1).optional(),
    commitMessage: z.string().min(1).optional(),
  })
  .meta({ id: "PullRequestDetails" });

export const declined = z
  .object({
    url: z.string().describe("The pull request."),
    by: z.string().optional().describe("The login that closed it without a merge."),
    at: z.string().describe("ISO-8601."),
    change: z.string().describe("The id of the change, which is not offered again."),
  })
  .meta({ id: "DeclinedPullRequest" });

export type DeclinedPullRequest = Readonly<z.output<typeof declined>>;
