import { z } from "zod";

const delivery = z
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
const pullRequests = z
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

const declined = z
  .object({
    url: z.string().describe("The pull request."),
    by: z.string().optional().describe("The login that closed it without a merge."),
    at: z.string().describe("ISO-8601."),
    change: z.string().describe("The id of the change, which is not offered again."),
  })
  .meta({ id: "DeclinedPullRequest" });

export type DeclinedPullRequest = Readonly<z.output<typeof declined>>;

const place = {
  owner: z.string().min(1),
  repository: z.string().min(1),
  branch: z.string().min(1),
};

/** The arguments of all that writes workflow files to a branch. */
export const deliveryArgs = {
  ...place,
  delivery: delivery.default("commit"),
  pullRequests: pullRequests.optional(),
};

/** Their state. */
export const deliveryState = {
  ...place,
  delivery,
  pullRequests: pullRequests.optional(),
  newerPins: z
    .array(z.string())
    .optional()
    .describe("Later versions that stay: action@commit # version."),
  notStarting: z
    .string()
    .optional()
    .describe("Why runs of the templates would end at their start, because of the lockfile."),
  commitSha: z
    .string()
    .nullish()
    .describe("The last commit that this resource made, if it made one."),
  commitUrl: z.string().nullish(),
  replaced: blobs
    .nullish()
    .describe("Path to git blob id of text by others that was replaced; it stays in the history."),
  pullRequestUrl: z
    .string()
    .nullish()
    .describe(
      "The pull request that brings the changes in, where a commit is forbidden or not wanted.",
    ),
  declined: declined
    .nullish()
    .describe("The pull request that a person closed without a merge; nothing is offered since."),
  blobs: blobs
    .nullish()
    .describe("The templates as the last write left the branch, where that is not as in files."),
  offered: blobs
    .nullish()
    .describe("The templates in the pull request, whatever a refresh found on the branch since."),
};

/** In the inputs after a refresh: somebody edited the files. */
export const seenByRefresh = { edited: z.boolean().optional() };

type Blobs = z.output<typeof blobs>;

/**
 * What the fleet brought to the branch, whatever a refresh found there since: path to git blob id.
 *
 * @returns `left`: as the last write left the branch. `offered`: as its pull request brings them
 */
export function deliveredFiles(record: {
  readonly files?: Blobs | undefined;
  readonly blobs?: Blobs | null | undefined;
  readonly offered?: Blobs | null | undefined;
  readonly edited?: boolean | undefined;
}): { left: Blobs; offered: Blobs } {
  const { files = {}, edited = false } = record;
  return {
    left: record.blobs ?? files,
    // States of earlier versions have them in their files, until a refresh found an edit.
    offered: record.offered ?? (edited ? {} : files),
  };
}
