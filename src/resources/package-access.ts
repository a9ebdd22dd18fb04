import * as pulumi from "@pulumi/pulumi";

/** One line of the checklist. */
export interface PackageFinding {
  readonly subject: "exists" | "linked" | "visibility" | "pushable";
  /** `manual` and `problem` ask for a person; `pending` comes by itself. */
  readonly state: "ok" | "pending" | "manual" | "problem";
  /** What is so, and the next step. */
  readonly text: string;
  /** The page where a person can change it. */
  readonly url?: string;
}

export interface PackageAccessArgs {
  owner: pulumi.Input<string>;
  repository: pulumi.Input<string>;
  /** Name of the package: the image without its owner. */
  image: pulumi.Input<string>;
  /** What its visibility should be; left unjudged where it is absent. */
  visibility?: pulumi.Input<string> | undefined;
  /** Publish a tiny first image, linked to the repository, where the package does not exist. */
  bootstrap?: pulumi.Input<boolean> | undefined;
  /** Whose PAT it is. */
  username: pulumi.Input<string>;
  /** The publishing PAT: it is tried and then forgotten. */
  credential: pulumi.Input<string>;
}

/** The package that a repository publishes to: verified, and linked where GitHub lets anyone do it. */
export class PackageAccess extends pulumi.CustomResource {
  /** Whether the admin token may see packages; without, nothing but pushing is known of it. */
  declare readonly verified: pulumi.Output<boolean>;
  /** Absent where the package is not verified. */
  declare readonly exists: pulumi.Output<boolean | undefined>;
  /** The checklist: what is as wished, and what a person has to do, with the page to open. */
  declare readonly findings: pulumi.Output<PackageFinding[]>;

  constructor(name: string, args: PackageAccessArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = {
      verified: undefined,
      exists: undefined,
      existed: undefined,
      linkedTo: undefined,
      actualVisibility: undefined,
      findings: undefined,
      credentialHash: undefined,
      push: undefined,
    };
    const inputs = { ...args, credential: pulumi.secret(args.credential) };
    super("ghcr:index:PackageAccess", name, { ...outputs, ...inputs }, opts);
  }
}
