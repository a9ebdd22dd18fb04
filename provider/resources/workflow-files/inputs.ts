import type { StateOf } from "../../../src/properties/resource-properties.ts";
import type { workflowFilesProperties } from "../../../src/properties/workflow-files.ts";
import type { Blobs } from "./plan.ts";

/** The checked inputs of `ghcr:index:WorkflowFiles`. */
export type WorkflowInputs = Pick<
  StateOf<typeof workflowFilesProperties>,
  "owner" | "repository" | "branch" | "files" | "delivery" | "onRemove"
>;

/** What the last write left. A read keeps it, to tell edits of others from our own. */
export interface Written {
  readonly blobs: Blobs;
  readonly pullRequestUrl?: string | undefined;
}

export const nothingWritten: Written = { blobs: {} };

/** The id of the resource. */
export function filesId({ owner, repository }: { owner: string; repository: string }): string {
  return `${owner}/${repository}`;
}
