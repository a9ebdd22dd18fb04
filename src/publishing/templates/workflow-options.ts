import type { SharedInput } from "../../fleet/fleet.ts";
import type { Runner } from "../../fleet/images/image-settings.ts";
import type { GitHubHost } from "../../github-host.ts";

/** Which of the two files it is. */
export type Kind = "ci" | "release";

/** How an image is built. */
export type ImageOptions = {
  /** Image name below the owner, lower case: "api" or "web/storefront". */
  readonly image: string;
  /** Build context, relative to the repository's root: "." */
  readonly context: string;
  /** Dockerfile, relative to the repository's root (not to the context): "Dockerfile". */
  readonly dockerfile: string;
  /** Stage of the Dockerfile: "production". The last one where it is absent. */
  readonly target?: string | undefined;
  /** Platforms to build, such as "linux/arm64". None means the runner's own. */
  readonly platforms: readonly string[];
  /** Build arguments by name. */
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Build secrets: id in the Dockerfile to the name of the Actions secret. */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  /** Runner by its fixed name, "ubuntu-24.04", by labels, or by its group. */
  readonly runner: Runner;
  /** Runners of single platforms: `{ "linux/arm64": "ubuntu-24.04-arm" }`. */
  readonly runners?: Readonly<Record<string, Runner>> | undefined;
};

/** What one repository's pair of workflow files depends on. */
export type WorkflowOptions = ImageOptions & {
  /** Host of the registry, as images begin with it: "ghcr.io". */
  readonly registry: string;
  readonly host: GitHubHost;
  /** Organisation or user, as GitHub spells it: "Acme". */
  readonly owner: string;
  /** Repository below the owner: "api". Only named in errors. */
  readonly repository: string;
  /** Pushes to this branch publish the CI image: "main". */
  readonly defaultBranch: string;
  /** Several images, each with a job of its own, in place of the one above. */
  readonly images?: readonly ImageOptions[] | undefined;
  /** Actions secret that holds the publishing token: "GHCR_PAT". */
  readonly secretName: string;
  /** Releases of public repositories are attested. */
  readonly visibility: "public" | "private" | "internal";
  /** Environment that a release deploys to, whose secrets it may read; none where it is absent. */
  readonly releaseEnvironment?: string | undefined;
  /** Minutes after which GitHub stops a job, 1 to 360. */
  readonly timeoutMinutes: number;
  /** read: pull requests of the repository itself log in with the job's own token, to pull base images. */
  readonly pullRequestLogin?: "none" | "read";
  /** Whether the attestation of a release is also recorded on the organisation's page of linked artifacts. */
  readonly storageRecord?: boolean;
  /** Whether pull requests reach the branch through a merge queue, whose groups ci.yml then builds. */
  readonly mergeQueue?: boolean;
  /** Name of the job in ci.yml, and so of its check: "build". The template's own where it is absent. */
  readonly jobName?: string | undefined;
  /** Which of its settings a caller passes to the shared workflow. All where it is absent. */
  readonly passed?: readonly SharedInput[] | undefined;
};

/** What the shared workflow does, with the settings of callers that pass none of their own. */
export type SharedOptions = Pick<WorkflowOptions, "host" | "registry" | "secretName" | SharedInput>;

/** Where the central `publish` workflow of an organisation lies. */
export type CentralWorkflow = {
  /** "acme/.github" */
  readonly repository: string;
  /** Branch, tag or commit (40 hex digits) that callers follow. */
  readonly ref: string;
  /** Name of that commit, shown next to it: "v3". */
  readonly version?: string;
};
