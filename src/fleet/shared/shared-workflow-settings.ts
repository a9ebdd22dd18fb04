import { z } from "zod";
import { inertText } from "../inert-texts.ts";
import { namePatterns } from "../name-patterns.ts";

/** Where the steps of the templates are: in each repository, or once in a repository for all. */
export const workflowForms = ["inline", "shared"] as const;

/** The central repository of the form `shared`. */
export const sharedSchema = z
  .strictObject({
    repository: z
      .string()
      .regex(
        namePatterns.centralRepository,
        "is not a repository; write its owner and name, such as acme/.github",
      )
      .describe("The central repository, with its owner: acme/.github."),
    ref: z
      .enum(["commit", "tag"])
      .default("commit")
      .describe(
        "How callers name the version that they call. commit: its full SHA. tag: a tag, ghcr-fleet-v1 and so on, which is made for each version. Default: commit.",
      ),
    branch: inertText
      .regex(namePatterns.branch, "is not a valid branch name")
      .optional()
      .describe("The branch that the shared workflow is on. Default: the default branch."),
    delivery: z
      .enum(["commit", "pull-request"])
      .default("commit")
      .describe("How it reaches that branch, as for the other repositories. Default: commit."),
    access: z
      .enum(["organization", "enterprise"])
      .default("organization")
      .describe(
        "Whose repositories may call the workflows of a central repository that is not public. Default: organization.",
      ),
  })
  .optional()
  .describe(
    "The repository that holds the workflow for the form `shared`: written first, and opened to the organisation where it is not public.",
  );
