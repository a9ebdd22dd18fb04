import * as pulumi from "@pulumi/pulumi";

export interface WorkflowFilesArgs {
  owner: pulumi.Input<string>;
  repository: pulumi.Input<string>;
  branch: pulumi.Input<string>;
  /** Path below the root, in .github/workflows, to text. */
  files: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** `pull-request`: never directly to the branch. Default: `commit`. */
  delivery?: pulumi.Input<"commit" | "pull-request"> | undefined;
  onRemove?: pulumi.Input<"keep" | "delete"> | undefined;
}

/** The managed workflow files of one repository, written in one signed commit. */
export class WorkflowFiles extends pulumi.CustomResource {
  declare readonly files: pulumi.Output<Record<string, string>>;
  /** The last commit that this resource made; absent where the files were there already. */
  declare readonly commitSha: pulumi.Output<string | undefined>;
  declare readonly commitUrl: pulumi.Output<string | undefined>;
  /** The pull request that brings the files in, where a commit is forbidden or not wanted. */
  declare readonly pullRequestUrl: pulumi.Output<string | undefined>;
  /** Path to git blob id of text by others that was replaced; it stays in the history. */
  declare readonly replaced: pulumi.Output<Record<string, string> | undefined>;

  constructor(name: string, args: WorkflowFilesArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = {
      commitSha: undefined,
      commitUrl: undefined,
      pullRequestUrl: undefined,
      replaced: undefined,
    };
    super("ghcr:index:WorkflowFiles", name, { ...outputs, ...args }, opts);
  }
}
