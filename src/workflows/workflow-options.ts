/** What one repository's pair of workflow files depends on. */
export type WorkflowOptions = {
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
  /** Runner image by its fixed name: "ubuntu-24.04". */
  readonly runner: string;
  /** Minutes after which GitHub stops a job, 1 to 360. */
  readonly timeoutMinutes: number;
};

/** Where the central `publish` workflow of an organisation lies. */
export type CentralWorkflow = {
  /** "acme/.github" */
  readonly repository: string;
  /** Branch, tag or commit (40 hex digits) that callers follow. */
  readonly ref: string;
  /** Name of that commit, shown beside it: "v3". */
  readonly version?: string;
};

/**
 * Where an option's value stops being inert, as patterns of what is allowed.
 *
 * - `image`: the grammar of a repository name, without a registry:
 *   https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
 * - `secretName`: https://docs.github.com/en/actions/reference/security/secrets#naming-your-secrets
 * - `buildArgName`: https://docs.docker.com/reference/dockerfile/#arg
 */
export const workflowPatterns = {
  owner: /^[A-Za-z0-9](?:[A-Za-z0-9]|[_-](?=[A-Za-z0-9])){0,38}$/,
  centralRepository: /^[A-Za-z0-9][A-Za-z0-9_-]*\/[A-Za-z0-9._-]+$/,
  centralRef: /^[A-Za-z0-9][A-Za-z0-9._/-]*$/,
  // What git allows: https://git-scm.com/docs/git-check-ref-format
  defaultBranch: /^(?![./]|.*(?:\/[./]|\.\.|@\{))[^\s~^:?*[\\\p{Cc}]+(?<![./]|\.lock)$/u,
  image: /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/,
  platform: /^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9]+)?$/,
  buildArgName: /^[A-Za-z_][A-Za-z0-9_]*$/,
  secretName: /^(?!GITHUB_)[A-Z_][A-Z0-9_]*$/i,
  runner: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
} as const;
