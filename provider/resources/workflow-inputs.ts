import { z } from "zod";
import { workflowFolder } from "../../src/github/repositories/repository-snapshot.ts";
import type { Blobs } from "./workflow-file-plan.ts";

export const workflowInputsSchema = z.object({
  owner: z.string().min(1),
  repository: z.string().min(1),
  branch: z.string().min(1),
  /** Path to text. */
  files: z.record(
    z
      .string()
      .regex(/^\.github\/workflows\/[^/]+\.ya?ml$/, `must be a YAML file in ${workflowFolder}`),
    z.string().min(1),
  ),
  /** Whether the branch may be written to directly. */
  delivery: z.enum(["commit", "pull-request"]).default("commit"),
  /** What happens to the files when the repository leaves the fleet. */
  onRemove: z.enum(["keep", "delete"]).default("keep"),
});

/** The checked inputs of `ghcr:index:WorkflowFiles`. */
export type WorkflowInputs = z.infer<typeof workflowInputsSchema>;

/** What the last write left. A read keeps it, so that an edit of others can be told from ours. */
export interface Written {
  readonly blobs: Blobs;
  readonly pullRequestUrl?: string;
}

export const nothingWritten: Written = { blobs: {} };

/** The id of the resource. */
export function filesId({ owner, repository }: { owner: string; repository: string }): string {
  return `${owner}/${repository}`;
}
