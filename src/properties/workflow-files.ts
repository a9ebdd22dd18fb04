import { z } from "zod";
import type { ResourceProperties } from "./resource-properties.ts";

const place = {
  owner: z.string().min(1),
  repository: z.string().min(1),
  branch: z.string().min(1),
};
const delivery = z
  .enum(["commit", "pull-request"])
  .describe("commit, or pull-request: never directly to the branch.");
const onRemove = z
  .enum(["keep", "delete"])
  .describe("keep or delete, when the repository leaves the fleet.");

export const workflowFilesProperties = {
  token: "ghcr:index:WorkflowFiles",
  description: "The managed workflow files of one repository, written in one signed commit.",
  args: z.object({
    ...place,
    files: z
      .record(
        z
          .string()
          .regex(/^\.github\/workflows\/[^/]+\.ya?ml$/, "must be a YAML file in .github/workflows"),
        z.string().min(1),
      )
      .describe("Path in .github/workflows to text."),
    delivery: delivery.default("commit"),
    onRemove: onRemove.default("keep"),
  }),
  state: z.object({
    ...place,
    files: z.record(z.string(), z.string()),
    delivery,
    onRemove,
    commitSha: z
      .string()
      .nullish()
      .describe(
        "The last commit that this resource made; absent when the files were there already.",
      ),
    commitUrl: z.string().nullish(),
    replaced: z
      .record(z.string(), z.string())
      .nullish()
      .describe(
        "Path to git blob id of text by others that was replaced; it stays in the history.",
      ),
    pullRequestUrl: z
      .string()
      .nullish()
      .describe(
        "The pull request that brings the files in, where a commit is forbidden or not wanted.",
      ),
    blobs: z
      .record(z.string(), z.string())
      .optional()
      .describe("Path to git blob id, as the last write left the branch."),
  }),
} satisfies ResourceProperties;
