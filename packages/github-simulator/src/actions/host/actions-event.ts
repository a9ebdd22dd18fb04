import type { Json } from "../language/expression.ts";

/** Something that happened in a repository, as GitHub reports it to webhooks. */
export interface ActionsEvent {
  /**
   * `push` (branches and tags), `release`, `workflow_dispatch`, `pull_request`,
   * `pull_request_target`, `pull_request_review`, `create`, `delete`, `schedule`, `workflow_run`,
   * `repository_dispatch`, `merge_group`, `issues`, `issue_comment`, `label`, `milestone`, `status`, `public`.
   */
  readonly name: string;
  readonly owner: string;
  readonly repo: string;
  /** The commit whose workflow files are used; `github.sha`. */
  readonly sha: string;
  /** e.g. `refs/heads/main`, `refs/tags/v1.0.0`, `refs/pull/3/merge` */
  readonly ref: string;
  readonly actor: string;
  /**
   * The webhook's payload; `github.event` in expressions. For `schedule` it holds
   * `{ schedule: "<cron>" }`, for `workflow_dispatch` `{ inputs, ref, workflow }`.
   * @see https://docs.github.com/en/webhooks/webhook-events-and-payloads
   */
  readonly payload: Readonly<Record<string, Json>>;
  /** Caused with a job token: starts nothing, except by `workflow_dispatch` and `repository_dispatch`. */
  readonly byJobToken?: boolean;
  /** How many runs led to this one by `workflow_run`. */
  readonly depth?: number;
}

/** What payloads are about, as far as runs look at it. */
interface Subjects {
  readonly action?: string;
  readonly number?: number;
  readonly pull_request?: {
    readonly title?: string;
    readonly base?: { readonly ref?: string; readonly sha?: string };
    readonly head?: {
      readonly ref?: string;
      readonly sha?: string;
      readonly repo?: { readonly full_name?: string };
    };
    readonly merge_commit_sha?: string | null;
  };
  readonly issue?: { readonly title?: string };
  readonly release?: { readonly name?: string; readonly tag_name?: string };
  readonly workflow_run?: { readonly name?: string; readonly head_branch?: string };
  readonly merge_group?: { readonly base_ref?: string };
}

export function subjectsOf({ payload }: ActionsEvent): Subjects {
  return payload;
}

/**
 * The branch and commit that a run and its checks belong to. For a pull request this is its head,
 * although the run sees the merge.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#pull_request
 */
export function headOf(event: ActionsEvent): { branch: string; sha: string } {
  const { ref = refName(event.ref), sha = event.sha } = subjectsOf(event).pull_request?.head ?? {};
  return { branch: ref, sha };
}

/** `main` of `refs/heads/main`, `3/merge` of `refs/pull/3/merge`. */
export function refName(ref: string): string {
  return ref.replace(/^refs\/(heads|tags|pull)\//, "");
}

/** Whether the message of a commit asks for no runs. */
export function asksToSkip(message: string): boolean {
  // https://docs.github.com/en/actions/how-tos/manage-workflow-runs/skip-workflow-runs
  return (
    /\[(skip ci|ci skip|no ci|skip actions|actions skip)\]/i.test(message) ||
    /\n\n(?:[\w-]+: .*\n)*skip-checks:\s*true\s*$/i.test(message.trimEnd())
  );
}

/**
 * Events from Dependabot whose runs GitHub restricts. (Nobody reviews or deploys here.)
 * https://docs.github.com/en/code-security/dependabot/troubleshooting-dependabot/troubleshooting-dependabot-on-github-actions#restrictions-when-dependabot-triggers-events
 */
const restrictedOfDependabot = ["push", "create", "pull_request"];

export function isByDependabot({ name, actor }: ActionsEvent): boolean {
  return actor === "dependabot[bot]" && restrictedOfDependabot.includes(name);
}

/** Whether it runs the files of a pull request from another repository. */
export function isFromFork(event: ActionsEvent): boolean {
  // It runs the files of the base branch.
  if (event.name === "pull_request_target") return false;
  const head = subjectsOf(event).pull_request?.head?.repo?.full_name;
  return head !== undefined && head.toLowerCase() !== `${event.owner}/${event.repo}`.toLowerCase();
}
