import type { ImageName } from "./read/image-names.ts";

/**
 * A job that publishes to the registry: what templates make, repair changes, policies judge, and status
 * and drift watch.
 */
export interface Publication {
  /** From the repository's root, with slashes: ".github/workflows/ci.yml". */
  readonly path: string;
  /** Key of the job. */
  readonly job: string;
  /** As its runs show it: its `name`, or the key where it has none. */
  readonly jobName: string;
  /** Line of the job, from 1. */
  readonly line: number;
  /**
   * Events that start it: ["push", "release"]. For a workflow that others of the repository call, theirs
   * are among them, and "workflow_call" is.
   */
  readonly events: readonly string[];
  /** The workflows whose runs hold it: its own, where events start it, and those that call it. */
  readonly starts: readonly PublicationStart[];
  /** Host: "ghcr.io". */
  readonly registry: string;
  /** What it pushes there, as far as the files say; one without a name is only known in the run. */
  readonly images: readonly ImageName[];
  /** What pushes: ["docker/build-push-action", "helm push"]; a called workflow: its `uses`. */
  readonly builders: readonly string[];
  readonly logins: readonly PublicationLogin[];
  /** The workflow of another repository that the job calls: it logs in there. */
  readonly call?: PublicationCall;
  /** Steps that log in or push, each name once; none where the job calls a workflow of others. */
  readonly steps: readonly PublicationStep[];
  readonly permissions: PublicationPermissions;
  /** Whether it publishes for certain, or may: it logs in and runs programs that say nothing. */
  readonly sure: boolean;
}

export interface PublicationStart {
  readonly path: string;
  /** Those that the workflow itself names, without "workflow_call". */
  readonly events: readonly string[];
  /** Which pushes start it, where pushes do: patterns as written. */
  readonly push?: {
    readonly branches?: readonly string[] | undefined;
    readonly branchesIgnore?: readonly string[] | undefined;
    readonly tags?: readonly string[] | undefined;
    readonly tagsIgnore?: readonly string[] | undefined;
    /** Whether it matters which files a push touches. */
    readonly hasPaths: boolean;
  };
  /** Expressions that have to hold all, so that the run publishes. */
  readonly conditions: readonly string[];
}

export interface PublicationCall {
  /** "acme/.github/.github/workflows/publish.yml" */
  readonly workflow: string;
  /** Whether it gets the fleet's secret. */
  readonly isPassed: boolean;
}

export interface PublicationLogin {
  /** File in which the login stands: the job's, or a local action's. */
  readonly path: string;
  readonly line: number;
  /** "docker/login-action", "podman login" */
  readonly tool: string;
  /** Whether it is to the registry for certain, to several, or to one that only the run knows. */
  readonly registry: "sure" | "one-of" | "unknown";
  /** Absent where the password is not in the file. */
  readonly credential?: PublicationCredential;
}

export interface PublicationStep {
  /** As runs show it, with expressions as written: "Push", "Run docker/build-push-action@v6". */
  readonly name: string;
  readonly does: "login" | "push";
  /**
   * Expressions that have to hold so that its success is a push; absent where its success shows none: it
   * may do something else, or other steps have its name.
   */
  readonly proves?: readonly string[];
}

/** Where the password of a login stands, and how it is written. */
export interface PublicationCredential {
  readonly path: string;
  readonly line: number;
  /** Offsets in the file's text, if the place is known exactly. */
  readonly range?: { readonly start: number; readonly end: number };
  /**
   * "right": the secret, or the job's token without it. "replaceable": one of the two, or an expression of
   * them. "carried": a variable, an input or a declared secret. "pasted": the password itself.
   */
  readonly kind:
    "right" | "replaceable" | "carried" | "other-secret" | "chosen" | "made" | "pasted" | "absent";
  /** Present where it is the job's token, also where the secret is there. */
  readonly isToken?: true;
}

export interface PublicationPermissions {
  /** Where they are said; the repository's settings decide where they are not. */
  readonly of: "job" | "workflow" | "nothing";
  /** Line of the block, from 1. */
  readonly line?: number;
  readonly packages: "write" | "read" | "none" | "unsaid";
}

export type { ImageName };
