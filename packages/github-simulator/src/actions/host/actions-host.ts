import type { Context } from "hono";

import type { Permissions } from "../language/permissions.ts";
import type { WorkflowSource } from "../language/workflow-file.ts";

/** Where a secret or variable is stored; the narrower scope wins. */
export type ValueScope = "organization" | "repository" | "environment";

/** A secret (already decrypted) or a variable, with the place it comes from. */
export interface ScopedValue {
  readonly name: string;
  readonly value: string;
  readonly scope: ValueScope;
}

/** What the organisation or repository allows workflows to use. */
export interface ActionsPolicy {
  readonly enabled: boolean;
  /** `selected` allows the actions of GitHub and of verified creators according to the two flags. */
  readonly allowed: "all" | "local_only" | "selected";
  readonly githubOwnedAllowed: boolean;
  readonly verifiedAllowed: boolean;
  /** e.g. `octo-org/*`, `octo-org/octo-repo@v2` */
  readonly patternsAllowed: readonly string[];
  /** Every action must be pinned to a full commit SHA. */
  readonly shaPinningRequired: boolean;
}

export interface ActionsRepository {
  readonly id: number;
  readonly ownerId: number;
  /** In the spelling of the owner and the repository, whatever the case of the request. */
  readonly owner: string;
  readonly name: string;
  readonly description: string;
  readonly defaultBranch: string;
  readonly visibility: "public" | "private" | "internal";
  /** SPDX id of the licence, or empty. */
  readonly license: string;
  readonly archived: boolean;
  readonly policy: ActionsPolicy;
  /** Permissions of a job token if the workflow requests none. */
  readonly defaultWorkflowPermissions: "read" | "write";
}

export interface TreeFile {
  /** Relative to the repository's root, with `/`. */
  readonly path: string;
  /** Git's mode, e.g. `100644`, `100755`, `120000`. */
  readonly mode: string;
  readonly content: Uint8Array;
}

export interface CommitFacts {
  readonly treeId: string;
  readonly message: string;
  readonly date: Date;
  readonly author: { readonly name: string; readonly email: string };
}

/** What git needs to show commits, their files and their history. */
export interface GitHistory {
  /** By id. */
  readonly objects: ReadonlyMap<
    string,
    { readonly type: "blob" | "tree" | "commit" | "tag"; readonly body: Uint8Array }
  >;
  /** Ids by full name, e.g. `refs/heads/main`; for annotated tags the id of the tag object. */
  readonly refs: ReadonlyMap<string, string>;
  /** Commits whose parents are not included. */
  readonly shallow: readonly string[];
}

export interface JobTokenRequest {
  readonly owner: string;
  readonly repo: string;
  readonly runId: number;
  readonly jobId: number;
  readonly permissions: Permissions;
}

/** https://docs.github.com/en/actions/how-tos/reuse-automations/reuse-workflows#monitoring-which-workflows-are-being-used */
export interface PreparedJob {
  readonly owner: string;
  readonly repo: string;
  readonly runId: number;
  readonly name: string;
  /** Who or what started the run. */
  readonly actor: string;
  /** The file that defines the job, e.g. `acme/web/.github/workflows/ci.yml@refs/heads/main`. */
  readonly workflowRef: string;
  /** The caller, if that file is a reusable workflow; else nothing. */
  readonly callingWorkflowRefs: readonly string[];
  readonly secretsPassed: readonly string[];
  readonly environment: string | undefined;
}

/** The progress of a run or one of its jobs, as GitHub reports it to webhooks. */
export interface RunReport {
  readonly name: "workflow_run" | "workflow_job";
  readonly owner: string;
  readonly repo: string;
  /** Login of the user who started the run. */
  readonly sender: string;
  /** Fields that only this event's payload has. */
  readonly payload: () => object;
}

/**
 * Everything the runner needs from outside. The program that uses the runner implements this;
 * the runner itself holds no repository, secret or token.
 */
export interface ActionsHost extends WorkflowSource {
  /** The web address of repositories, e.g. `https://github.com`. No slash at the end. */
  readonly serverUrl: string;
  /** Base URL of the REST API as the run's steps reach it. No slash at the end. */
  readonly apiUrl: string;
  /** As images begin with it: "ghcr.io". */
  readonly registryName: string;
  /** The address that answers for `https://ghcr.io`. No slash at the end. */
  readonly registryUrl: string;
  now(): Date;
  log(line: string): void;

  /** @returns `undefined` for a repository that does not exist */
  repository(owner: string, repo: string): ActionsRepository | undefined;
  /** Paths (from the root) of the files directly in a folder; empty where there is no such folder. */
  listFiles(owner: string, repo: string, sha: string, folder: string): readonly string[];
  /** Whether a branch has rules, or classic protection. */
  isProtected(owner: string, repo: string, branch: string): boolean;
  /** All files of a commit, for a checkout. */
  readTree(owner: string, repo: string, sha: string): readonly TreeFile[];
  /**
   * The history of a commit, for a checkout; absent if the host keeps none.
   * @param wanted `depth` in commits; 0 means everything, with all branches and tags
   */
  history?(
    owner: string,
    repo: string,
    sha: string,
    wanted: { depth: number; tags: boolean },
  ): GitHistory;
  /** Paths that differ between two commits; without `before`, those the commit itself changed. */
  changedFiles(
    owner: string,
    repo: string,
    before: string | undefined,
    after: string,
  ): readonly string[];
  /** Paths that a head changed since it left its base: a three-dot diff. */
  changedSinceBase(owner: string, repo: string, base: string, head: string): readonly string[];
  commit(owner: string, repo: string, sha: string): CommitFacts;

  /** Organisation and repository secrets for this repository, and those of the environment if given. */
  secretsFor(owner: string, repo: string, environment?: string): readonly ScopedValue[];
  /** The same for Dependabot's secrets; environments have none. */
  dependabotSecretsFor(owner: string, repo: string): readonly ScopedValue[];
  variablesFor(owner: string, repo: string, environment?: string): readonly ScopedValue[];
  /**
   * Called when a job names an environment; creates it if there is none yet.
   * @returns why the ref may not deploy to it, or `undefined` if it may
   */
  enterEnvironment(
    owner: string,
    repo: string,
    environment: string,
    ref: string,
  ): string | undefined;
  /** Whether git would serve a repository to the holder of a token. */
  mayRead(owner: string, repo: string, token: string): "yes" | "no" | "bad-credentials";

  /** A job received its token and its secrets, and its first step starts next. */
  jobPrepared(job: PreparedJob): void;
  /** Absent in a host without webhooks. */
  reportRun?(report: RunReport): void;
  mintJobToken(request: JobTokenRequest): string;
  revokeJobToken(token: string): void;

  /** Checks a REST request about the repository of its path. @returns the caller's login. @throws ApiError */
  authorize(request: Context, need: "read" | "write" | "download"): string;
  /** The `minimal-repository` shape of GitHub's REST API. */
  renderRepository(owner: string, repo: string): Record<string, unknown>;
  /** The `simple-user` shape of GitHub's REST API. */
  renderUser(login: string): Record<string, unknown>;
}
