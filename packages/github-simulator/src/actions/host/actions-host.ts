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

/** What the organisation or repository lets workflows use. */
export interface ActionsPolicy {
  readonly enabled: boolean;
  /** `selected` allows the actions of GitHub and of verified creators as the two flags say. */
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
  /** As the owner and the repository are spelt, whatever the case of the request. */
  readonly owner: string;
  readonly name: string;
  readonly description: string;
  readonly defaultBranch: string;
  readonly visibility: "public" | "private" | "internal";
  /** SPDX id of the licence, or empty. */
  readonly license: string;
  readonly archived: boolean;
  readonly policy: ActionsPolicy;
  /** Permissions of a job token where the workflow asks for none. */
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

/** What git needs to show commits, their files and what came before. */
export interface GitHistory {
  /** By id. */
  readonly objects: ReadonlyMap<
    string,
    { readonly type: "blob" | "tree" | "commit" | "tag"; readonly body: Uint8Array }
  >;
  /** Ids by full name, e.g. `refs/heads/main`; of annotated tags the tag's own. */
  readonly refs: ReadonlyMap<string, string>;
  /** Commits whose parents are left out. */
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
  /** The file that holds the job, e.g. `acme/web/.github/workflows/ci.yml@refs/heads/main`. */
  readonly workflowRef: string;
  /** The caller, where that file is a reusable workflow; else nothing. */
  readonly callingWorkflowRefs: readonly string[];
  readonly secretsPassed: readonly string[];
  readonly environment: string | undefined;
}

/** How a run, or a job of it, went on: what GitHub tells webhooks. */
export interface RunReport {
  readonly name: "workflow_run" | "workflow_job";
  readonly owner: string;
  readonly repo: string;
  /** Login of who started the run. */
  readonly sender: string;
  /** What the event's payload has of its own. */
  readonly payload: () => object;
}

export interface Caller {
  readonly login: string;
  /** A request made with a job token starts no runs, except by `workflow_dispatch`. */
  readonly jobToken: boolean;
}

/**
 * Everything the runner needs from the world around it. Whoever mounts the runner implements this;
 * the runner itself knows no repository, secret or token.
 */
export interface ActionsHost extends WorkflowSource {
  /** Where people see the repositories, e.g. `https://github.com`. No slash at the end. */
  readonly serverUrl: string;
  /** Base URL of the REST API as the run's steps reach it. No slash at the end. */
  readonly apiUrl: string;
  /** The address that answers for `https://ghcr.io`. No slash at the end. */
  readonly registryUrl: string;
  now(): Date;
  log(line: string): void;

  /** @returns `undefined` for a repository that does not exist */
  repository(owner: string, repo: string): ActionsRepository | undefined;
  /** Paths (from the root) of the files directly in a folder; empty where there is no such folder. */
  listFiles(owner: string, repo: string, sha: string, folder: string): readonly string[];
  /** All files of a commit, for a checkout. */
  readTree(owner: string, repo: string, sha: string): readonly TreeFile[];
  /**
   * The history of a commit, for a checkout; a host that keeps none leaves it out.
   * @param wanted `depth` in commits, 0 for all of it with all branches and tags
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
  commit(owner: string, repo: string, sha: string): CommitFacts;

  /** Organisation and repository secrets that reach this repository, and with an environment its own. */
  secretsFor(owner: string, repo: string, environment?: string): readonly ScopedValue[];
  /** The same of Dependabot's secrets, of which environments have none. */
  dependabotSecretsFor(owner: string, repo: string): readonly ScopedValue[];
  variablesFor(owner: string, repo: string, environment?: string): readonly ScopedValue[];
  /**
   * A job names an environment, which is made where there is none yet.
   * @returns why the ref may not deploy to it, or `undefined` where it may
   */
  enterEnvironment(
    owner: string,
    repo: string,
    environment: string,
    ref: string,
  ): string | undefined;
  /** Whether git would serve a repository to the holder of a token. */
  mayRead(owner: string, repo: string, token: string): "yes" | "no" | "bad-credentials";

  /** A job got its token and its secrets, and is about to run its first step. */
  jobPrepared(job: PreparedJob): void;
  /** A host without webhooks leaves it out. */
  reportRun?(told: RunReport): void;
  mintJobToken(request: JobTokenRequest): string;
  revokeJobToken(token: string): void;

  /** Checks a REST request; a `Response` is sent as it is, and so is what it throws. */
  authorize(
    request: Context,
    need: { owner: string; repo: string; level: "read" | "write" },
  ): Caller | Response;
  /** The `minimal-repository` shape of GitHub's REST API. */
  renderRepository(owner: string, repo: string): Record<string, unknown>;
  /** The `simple-user` shape of GitHub's REST API. */
  renderUser(login: string): Record<string, unknown>;
}
