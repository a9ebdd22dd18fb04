import type { GitHubHost } from "../../github-host.ts";

/** What one repository's pair of workflow files depends on. */
export type WorkflowOptions = {
  /** Host of the registry, as images begin with it: "ghcr.io". */
  readonly registry: string;
  readonly host: GitHubHost;
  /** Organisation or user, as GitHub spells it: "Acme". */
  readonly owner: string;
  /** Repository below the owner: "api". Only named in errors. */
  readonly repository: string;
  /** Pushes to this branch publish the CI image: "main". */
  readonly defaultBranch: string;
  /** Image name below the owner, lower case: "api" or "web/storefront". */
  readonly image: string;
  /** Build context, relative to the repository's root: "." */
  readonly context: string;
  /** Dockerfile, relative to the repository's root (not to the context): "Dockerfile". */
  readonly dockerfile: string;
  /** Platforms to build, such as "linux/arm64". None means the runner's own. */
  readonly platforms: readonly string[];
  /** Build arguments by name. */
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Actions secret that holds the publishing token: "GHCR_PAT". */
  readonly secretName: string;
  /** Releases of public repositories are attested. */
  readonly visibility: "public" | "private" | "internal";
  /** Environment that a release deploys to, whose secrets it may read; none where it is absent. */
  readonly releaseEnvironment?: string | undefined;
  /** Runner image by its fixed name: "ubuntu-24.04". */
  readonly runner: string;
  /** Minutes after which GitHub stops a job, 1 to 360. */
  readonly timeoutMinutes: number;
  /** read: pull requests of the repository itself log in with the job's own token, to pull base images. */
  readonly pullRequestLogin?: "none" | "read";
  /** Whether pull requests reach the branch through a merge queue, whose groups ci.yml then builds. */
  readonly mergeQueue?: boolean;
  /** Name of the job in ci.yml, and so of its check: "build". The template's own where it is absent. */
  readonly jobName?: string | undefined;
};

/** Where the central `publish` workflow of an organisation lies. */
export type CentralWorkflow = {
  /** "acme/.github" */
  readonly repository: string;
  /** Branch, tag or commit (40 hex digits) that callers follow. */
  readonly ref: string;
  /** Name of that commit, shown next to it: "v3". */
  readonly version?: string;
};
