import type { EventsConfig } from "@actions/workflow-parser/model/workflow-template";
import type { BasicExpressionToken } from "@actions/workflow-parser/templates/tokens/basic-expression-token";
import type { MappingToken } from "@actions/workflow-parser/templates/tokens/mapping-token";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";

/** A file in a repository at a commit. */
export interface FilePlace {
  readonly owner: string;
  readonly repo: string;
  readonly sha: string;
  /** e.g. `.github/workflows/ci.yml` */
  readonly path: string;
  /** Where another repository calls it: the full name of the branch or tag, or a commit. */
  readonly ref?: string;
}

/** Where workflow files are read from. */
export interface WorkflowSource {
  /** @returns `undefined` for a repository that does not exist */
  repository(
    owner: string,
    repo: string,
  ):
    | {
        readonly defaultBranch: string;
        /** Permissions of a job token if the workflow requests none. */
        readonly defaultWorkflowPermissions: "read" | "write";
      }
    | undefined;
  /** @param ref branch, tag, `refs/…` or commit SHA. @returns the commit's SHA, if it exists */
  resolveRef(owner: string, repo: string, ref: string): string | undefined;
  readFile(owner: string, repo: string, sha: string, path: string): string | undefined;
  /** Whether a repository may call the reusable workflows of another one. */
  mayCallWorkflowsOf(
    called: { owner: string; repo: string },
    caller: { owner: string; repo: string },
  ): boolean;
}

/** A valid workflow file. Everything that may contain an expression stays a token until it is needed. */
export interface WorkflowFile {
  readonly place: FilePlace;
  /** The `name`, else the path. */
  readonly name: string;
  readonly runName: TemplateToken | undefined;
  readonly on: EventsConfig;
  readonly env: TemplateToken | undefined;
  readonly permissions: TemplateToken | undefined;
  readonly defaults: TemplateToken | undefined;
  readonly concurrency: TemplateToken | undefined;
  /** `on.workflow_dispatch.inputs` */
  readonly dispatchInputs: MappingToken | undefined;
  /** `on.workflow_call.inputs`, `.secrets` and `.outputs`. */
  readonly call: {
    readonly inputs: MappingToken | undefined;
    readonly secrets: MappingToken | undefined;
    readonly outputs: MappingToken | undefined;
  };
  readonly jobs: readonly JobDefinition[];
}

export type JobDefinition = StepsJob | CallJob;

interface BaseJob {
  readonly id: string;
  /** The job's mapping, for `name`, `strategy`, `permissions`, `env` and the other keys. */
  readonly token: MappingToken;
  readonly needs: readonly string[];
  readonly condition: BasicExpressionToken;
}

export interface StepsJob extends BaseJob {
  readonly kind: "steps";
  readonly steps: readonly StepDefinition[];
}

/** A job that calls a reusable workflow. */
export interface CallJob extends BaseJob {
  readonly kind: "call";
  readonly uses: string;
  readonly called: WorkflowFile;
}

export interface StepDefinition {
  /** Given, or derived from what the step runs. */
  readonly id: string;
  readonly hasOwnId: boolean;
  readonly token: MappingToken;
  readonly condition: BasicExpressionToken;
}
