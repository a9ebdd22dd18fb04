import type { Account } from "../account.ts";
import type { Runner } from "./images/image-settings.ts";
import type { PullRequestSettings } from "./pull-request-settings.ts";

/** A repository of the fleet with all its settings. Components only loop over it. */
export interface FleetRepository extends ImageBuild {
  readonly name: string;
  readonly id: number;
  readonly visibility: "public" | "private" | "internal";
  /** With what it publishes: the secret at this scope, or with `job-token` no secret of the fleet. */
  readonly credential: SecretScope | "job-token";
  /** Pushes to it publish; the workflow files are on it. */
  readonly branch: string;
  /** Whether pull requests reach it through a merge queue; known of the default branch only. */
  readonly mergeQueue: boolean;
  readonly images: ImagesOfRepository;
  readonly timeoutMinutes: number;
  readonly workflows: WorkflowSettings;
  /** Whether the templates write whole workflows, or callers of the fleet's shared one. */
  readonly form: "inline" | "shared";
  /** Settings of its own that a caller passes; all others are those of the shared workflow. */
  readonly passed: readonly SharedInput[];
  /** How workflow files reach the branch. */
  readonly delivery: "commit" | "pull-request";
  /** Absent where nothing is set. */
  readonly pullRequests: PullRequestSettings | undefined;
  readonly onRemove: "keep" | "delete" | "restore";
  readonly actions: ActionsSettings;
  readonly package: PackageSettings;
}

/** How the repository publishes. The meaning of `auto` depends on the repository's files. */
interface WorkflowSettings {
  readonly mode: "auto" | "repair" | "template" | "none";
  /** Secrets of the repository that the fleet's secret replaces in a repair. */
  readonly replaceSecrets: readonly string[];
  /** Whether a repair adds a second login with GITHUB_TOKEN. */
  readonly deadPatFallback: boolean;
  /** Of the job in the ci.yml of the templates, where it is not the template's own. */
  readonly jobName: string | undefined;
  /** Whether pull requests of the repository itself log in to pull base images. */
  readonly pullRequestLogin: "none" | "read";
  /** Whether releases that are attested are on the organisation's page of linked artifacts. */
  readonly storageRecord: boolean;
  /** Whether later versions of the templates' actions stay that somebody brought to the branch. */
  readonly newerPins: "keep" | "revert";
  /** Whether both files of the templates are added to the repository's lockfile. */
  readonly lockfile: "keep" | "onboard";
}

/** An image that the templates publish, and how it is built. */
export interface ImageBuild {
  /** Below the owner: "web". */
  readonly image: string;
  readonly context: string;
  readonly dockerfile: string;
  /** Stage of the Dockerfile; the last one if absent. */
  readonly target: string | undefined;
  readonly platforms: readonly string[];
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Build secrets: id in the Dockerfile to the name of the Actions secret. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly runner: Runner;
  /** Runners of single platforms, which build them natively. */
  readonly runners: Readonly<Record<string, Runner>>;
}

export interface ImagesOfRepository {
  /** What the templates build, each in a job of a matrix; absent for the one image of the repository. */
  readonly build: readonly ImageBuild[] | undefined;
  /** Packages to verify instead of those that a repository's own workflows name. */
  readonly instead: readonly string[] | undefined;
  /** Packages to verify in addition. */
  readonly add: readonly string[];
}

/** The images that the templates publish: the repository's one, or several. */
export function buildsOf(
  repository: ImageBuild & { readonly images: ImagesOfRepository },
): readonly ImageBuild[] {
  return repository.images.build ?? [repository];
}

/** Their names, below the owner. */
export function declaredImages({
  image,
  images: { build },
}: Pick<FleetRepository, "image" | "images">): readonly string[] {
  return build ? build.map((each) => each.image) : [image];
}

interface PackageSettings {
  /** Not judged if absent. */
  readonly visibility: "public" | "private" | "internal" | undefined;
  /** Whether a tiny first image creates the package. */
  readonly bootstrap: boolean;
}

/** An absent field leaves GitHub's setting unchanged. */
export interface ActionsSettings {
  readonly tokenPermissions: "read" | "write" | undefined;
  readonly requirePinnedActions: boolean | undefined;
  readonly allowed: readonly string[] | undefined;
}

/** What is declared of them, in the terms of the provider; nothing where the fleet leaves all as they are. */
export function declaredSettings({
  tokenPermissions,
  requirePinnedActions,
  allowed,
}: ActionsSettings) {
  const declared = {
    ...(tokenPermissions && {
      defaultWorkflowPermissions: tokenPermissions,
      canApprovePullRequestReviews: false,
    }),
    ...(requirePinnedActions !== undefined && { shaPinningRequired: requirePinnedActions }),
    ...(allowed && {
      allowedActions: { patterns: [...allowed], githubOwned: true, verified: false },
    }),
  };
  return Object.keys(declared).length > 0 ? declared : undefined;
}

/** Settings that the shared workflow has for all callers, and that a caller may override. */
export const sharedInputs = [
  "context",
  "dockerfile",
  "platforms",
  "buildArgs",
  "runner",
  "timeoutMinutes",
] as const;
export type SharedInput = (typeof sharedInputs)[number];

/** The workflow that callers share, in a repository of the same owner. */
export interface SharedWorkflow extends Pick<FleetRepository, SharedInput> {
  /** Name of the central repository, without its owner. */
  readonly repository: string;
  readonly branch: string;
  /** Absent where only the configuration is known. */
  readonly visibility: FleetRepository["visibility"] | undefined;
  /** How callers name the version that they call. */
  readonly ref: "commit" | "tag";
  /** Of an organisation, whose repositories may call it where it is not public. */
  readonly access: "organization" | "enterprise";
  readonly delivery: FleetRepository["delivery"];
  readonly newerPins: WorkflowSettings["newerPins"];
  readonly onRemove: FleetRepository["onRemove"];
}

export const secretScopes = ["organization", "repository", "environment"] as const;
export type SecretScope = (typeof secretScopes)[number];

interface SecretSettings {
  readonly name: string;
  /** Of repositories that set none of their own. */
  readonly scope: SecretScope;
  /** Where a repository's secret is an environment's. */
  readonly environment: string;
}

export interface SkippedRepository {
  readonly name: string;
  /** The reason and how to include it: "archived: unarchive it to bring it in". */
  readonly reason: string;
}

/** All repositories that should exist, sorted by name. */
export interface Fleet extends Account {
  /** Host of the registry, as images begin with it: "ghcr.io". */
  readonly registry: string;
  readonly secret: SecretSettings;
  /** Absent where the fleet has no central repository. */
  readonly shared: SharedWorkflow | undefined;
  readonly repositories: readonly FleetRepository[];
  readonly skipped: readonly SkippedRepository[];
  /** File names of other workflows that may use the secret, and publish what the templates publish. */
  readonly expectedWorkflows: readonly string[];
}

/** The scopes of the secrets of these repositories. */
export function usedScopes(
  repositories: readonly Pick<FleetRepository, "credential">[],
): SecretScope[] {
  const used = new Set(repositories.map(({ credential }) => credential));
  return secretScopes.filter((scope) => used.has(scope));
}

/** The repositories that publish with the PAT, whatever the scope of its secret. */
export function withPat<Repository extends Pick<FleetRepository, "credential">>(
  repositories: readonly Repository[],
): Repository[] {
  return repositories.filter(({ credential }) => credential !== "job-token");
}

/** The repositories that have the organisation's secret. */
export function sharingSecret<Repository extends Pick<FleetRepository, "credential">>(
  repositories: readonly Repository[],
): Repository[] {
  return repositories.filter(({ credential }) => credential === "organization");
}
