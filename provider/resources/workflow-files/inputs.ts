import type { z } from "zod";
import type { StateOf } from "../../../src/properties/resource-properties.ts";
import type { workflowFilesProperties } from "../../../src/properties/workflow-files.ts";

export type WorkflowArgs = z.output<typeof workflowFilesProperties.args>;

export type WorkflowState = StateOf<typeof workflowFilesProperties>;

/** The result of `check`: the decision and what follows from it. */
export type WorkflowInputs = Pick<
  WorkflowState,
  "owner" | "repository" | "branch" | "delivery" | "onRemove"
> & { readonly why?: string } & (
    | {
        readonly mode?: "template";
        readonly files: Readonly<Record<string, string>>;
        /** Path to git id of the workflows for which `auto` decided so; absent if it was asked for. */
        readonly workflows?: Readonly<Record<string, string>>;
      }
    | ({ readonly mode: "repair" } & RepairSettings & Look)
    | { readonly mode: "none"; readonly wasRepaired?: boolean }
  );

export type TemplateInputs = Extract<WorkflowInputs, { files: unknown }>;
export type RepairInputs = Extract<WorkflowInputs, { mode: "repair" }>;

export interface RepairSettings {
  readonly secret: string;
  readonly replaceSecrets: string[];
  readonly formerSecrets?: string[];
  readonly deadPatFallback: boolean;
}

/** The result of the last read of the branch. */
type Look = Partial<
  Pick<WorkflowState, "edits" | "unresolved" | "publishing" | "workflows" | "reader">
>;

/** The result of the last write. A read keeps it, to distinguish edits by others from the fleet's. */
export type Written = Pick<WorkflowState, "blobs" | "pullRequestUrl" | "pending" | "originals">;

/** The id of the resource. */
export function filesId({ owner, repository }: { owner: string; repository: string }): string {
  return `${owner}/${repository}`;
}

/** States of earlier versions contain templates, and no mode. */
export function isTemplate(inputs: WorkflowInputs): inputs is TemplateInputs {
  return inputs.mode === undefined || inputs.mode === "template";
}
