import { z } from "zod";
import { blobs, deliveryArgs, deliveryState, templateFiles } from "./delivered-files.ts";
import type { ResourceProperties } from "./resource-properties.ts";

const onRemove = z
  .enum(["keep", "delete"])
  .describe("When the fleet has it no more. Callers of its commits work either way.");

export const commitId = z
  .string()
  .regex(/^(?:[0-9a-f]{40}|ghcr-fleet-v\d+)$/, "must be a full commit SHA, or a tag of the fleet");

const versions = z
  .array(
    z.object({
      commit: z.string().optional().describe("Absent where the branch no longer has it."),
      tag: z.string().optional().describe("Where callers name tags."),
      files: blobs.describe("Path to git blob id of the text."),
    }),
  )
  .describe(
    "What updates wrote there, oldest first: callers may pin commits that have one of these, and no others.",
  );

/** One state of the shared workflow that the fleet wrote. */
export type SharedVersion = z.output<typeof versions>[number];

/** The central repository whose workflow callers use, in the form `shared`. */
export const calledWorkflow = z
  .object({
    repository: z.string().min(3).describe("With its owner: acme/.github."),
    branch: z.string().min(1),
    commit: commitId
      .optional()
      .describe("The commit of its branch that has the workflow; absent until it is there."),
    versions: versions.default([]),
    waitsFor: z
      .string()
      .optional()
      .describe("The pull request that brings the workflow there, or its declined one."),
  })
  .meta({ id: "SharedWorkflowOfCallers" });

const ref = z.enum(["commit", "tag"]).describe("How callers name the version that they call.");

export const sharedWorkflowProperties = {
  token: "ghcr:index:SharedWorkflow",
  description:
    "The workflow that callers in other repositories share, in its central repository, written in one signed commit.",
  args: z.object({
    ...deliveryArgs,
    files: templateFiles.describe("Path in .github/workflows to text."),
    newerPins: z
      .enum(["keep", "revert"])
      .default("keep")
      .describe("Later versions of the actions in it that somebody, such as Dependabot, brought."),
    ref: ref.default("commit"),
    access: z
      .enum(["user", "organization", "enterprise"])
      .optional()
      .describe(
        "Whose repositories the program lets call it; absent for a public repository. The first update compares it with what is there.",
      ),
    onRemove: onRemove.default("keep"),
  }),
  state: z.object({
    ...deliveryState,
    files: blobs.describe("Path to git blob id of the text."),
    onRemove,
    commit: z
      .string()
      .nullish()
      .describe("A commit of the branch that has these files; absent while they wait for a merge."),
    ref: ref.optional(),
    tag: z.string().nullish().describe("The tag of that commit, where callers name tags."),
    versions: versions.nullish(),
  }),
} satisfies ResourceProperties;
