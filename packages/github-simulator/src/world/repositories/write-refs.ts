import type { Session } from "../session.ts";
import { actorName } from "../actor.ts";
import { ruleViolation, type Changer } from "./branch-rules.ts";
import { missingChecks } from "./checks.ts";
import { encodeCommit, type Signature } from "../objects/git-objects.ts";
import { effectiveRole, organisationRole } from "../accounts/permissions.ts";
import { Refusal } from "../refusal.ts";
import {
  branchHead,
  changeTree,
  isAncestor,
  isFastForward,
  noObject,
  putObject,
  readCommit,
  type Changes,
  treeOf,
} from "../objects/repository-git.ts";
import { closePullRequest } from "./close-pull-request.ts";
import type { PullRequest } from "../state/discussions.ts";
import type { Repository } from "../state/repository.ts";
import { teamsOf } from "../accounts/teams.ts";
import type { World } from "../world.ts";

export interface WriteOptions {
  /** For the merge of a pull request: its head, to which the checks belong. */
  readonly pullRequestHead?: string;
  /** Nothing is reported to workflows and webhooks. */
  readonly silent?: boolean;
  /** Nothing is written either: only the rules are checked. */
  readonly dryRun?: boolean;
  /** Whether the merge queue moves it. */
  viaQueue?: boolean;
}

/** Moves, creates or (with `null`) deletes a ref, if the branch's rules allow the actor to. */
export function writeRef(
  session: Session,
  repository: Repository,
  ref: string,
  oid: string | null,
  options: WriteOptions = {},
): void {
  const { world, actor } = session;
  const before = repository.refs.get(ref);
  if (before === (oid ?? undefined)) return;
  // Only GitHub moves these; the wording is git's.
  if (ref.startsWith("refs/pull/")) throw new Refusal("invalid", "deny updating a hidden ref");
  if (oid !== null) assertGitAllows(repository, ref, oid);
  else if (ref === `refs/heads/${repository.defaultBranch}`) {
    throw new Refusal("invalid", "Cannot delete the default branch");
  }
  assertRulesAllow(session, repository, { ref, before, oid, ...options });
  if (options.dryRun) return;
  if (oid === null) repository.refs.delete(ref);
  else repository.refs.set(ref, oid);
  repository.pushedAt = world.now();
  repository.updatedAt = repository.pushedAt;
  const moved = oid === null ? [] : movePullRequests(world, repository, ref, oid);
  if (options.silent) return;
  world.events.emit("push", {
    repository,
    ref,
    before: before ?? noObject,
    after: oid ?? noObject,
    actor,
  });
  if (oid === null) {
    for (const pull of openPullsFrom(repository, ref)) closePullRequest(session, repository, pull);
  }
  for (const { number } of moved) {
    world.events.emit("pull_request", {
      repository,
      number,
      action: "synchronize",
      before: before ?? noObject,
      actor,
    });
  }
}

/** Branches point to commits, and no name may be a folder of another one. */
function assertGitAllows(repository: Repository, ref: string, oid: string): void {
  const isBranch = ref.startsWith("refs/heads/");
  const fits = !isBranch || repository.objects.get(oid)?.type === "commit";
  const isInTheWay = (other: string) => other.startsWith(`${ref}/`) || ref.startsWith(`${other}/`);
  if (!fits || [...repository.refs.keys()].some(isInTheWay)) {
    throw new Refusal("invalid", "Reference update failed");
  }
}

interface RefChange {
  readonly ref: string;
  /** The old target; nothing if it is new. */
  readonly before: string | undefined;
  /** The new target; nothing if it is deleted. */
  readonly oid: string | null;
  readonly pullRequestHead?: string | undefined;
  readonly viaQueue?: boolean | undefined;
}

function assertRulesAllow(
  session: Session,
  repository: Repository,
  { ref, before, oid, pullRequestHead, viaQueue = false }: RefChange,
): void {
  const { world } = session;
  if (!ref.startsWith("refs/heads/")) return;
  const branch = ref.slice("refs/heads/".length);
  const violation = ruleViolation(world, repository, branch, changer(session, repository), {
    kind: oid === null ? "delete" : before === undefined ? "create" : "update",
    viaPullRequest: pullRequestHead !== undefined,
    viaQueue,
    signed: oid !== null && repository.signed.has(oid),
    fastForward: oid !== null && before !== undefined && isFastForward(repository, before, oid),
    merges: oid !== null && readCommit(repository, oid).parents.length > 1,
    missingChecks: (rule) => [
      ...missingChecks(world, repository, pullRequestHead ?? oid ?? noObject, rule),
      ...(rule.strictStatusChecks && pullRequestHead !== undefined && before !== undefined
        ? outOfDate(repository, before, pullRequestHead)
        : []),
    ],
  });
  if (violation !== undefined) throw new Refusal("rule-violation", violation);
}

function outOfDate(repository: Repository, base: string, head: string): string[] {
  return isAncestor(repository, base, head)
    ? []
    : ["This branch is out-of-date with the base branch."];
}

/** The actor for the rules: a job's token has no person. */
export function changer(session: Session, repository: Repository): Changer {
  const { world, actor } = session;
  const isJob = actor.kind === "job";
  return {
    login: actor.login,
    role: isJob ? "none" : effectiveRole(session, repository),
    isOwner: !isJob && organisationRole(world, actor.login, repository.owner) === "admin",
    teams: new Set(isJob ? [] : teamIds(session, repository)),
  };
}

function teamIds({ world, actor }: Session, { owner }: Repository): number[] {
  const organisation = world.findOrganisation(owner);
  if (organisation === undefined) return [];
  return teamsOf(organisation, actor.login).map(({ id }) => id);
}

/** Open pull requests follow their branches. Returns those with new commits. */
function movePullRequests(
  world: World,
  repository: Repository,
  ref: string,
  oid: string,
): PullRequest[] {
  for (const { base, state } of repository.pulls) {
    if (state === "open" && ref === `refs/heads/${base.ref}`) base.sha = oid;
  }
  const moved = openPullsFrom(repository, ref);
  for (const pull of moved) {
    setHead(repository, pull, oid);
    pull.updatedAt = world.now();
  }
  return moved;
}

function openPullsFrom({ pulls }: Repository, ref: string): PullRequest[] {
  return pulls.filter(({ state, head }) => state === "open" && ref === `refs/heads/${head.ref}`);
}

/** A pull request's head can be fetched as `refs/pull/<number>/head`, even if its branch was deleted. */
export function setHead(repository: Repository, pull: PullRequest, sha: string): void {
  pull.head.sha = sha;
  repository.refs.set(`refs/pull/${pull.number}/head`, sha);
}

export interface NewCommit {
  branch: string;
  message: string;
  changes: Changes;
  author: Signature;
  committer: Signature;
  /** Signed by GitHub itself. */
  signed: boolean;
}

/** Commits file changes on top of a branch, or creates the first branch of an empty repository. */
export function commitFiles(session: Session, repository: Repository, commit: NewCommit): string {
  const head = branchHead(repository, commit.branch);
  const base = head === undefined ? undefined : treeOf(repository, head);
  const oid = putObject(
    repository,
    encodeCommit({
      tree: changeTree(repository, base, commit.changes),
      parents: head === undefined ? [] : [head],
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
    }),
  );
  if (commit.signed) repository.signed.add(oid);
  writeRef(session, repository, `refs/heads/${commit.branch}`, oid);
  return oid;
}

/** GitHub as the committer of what it signs itself. */
export function webFlow(world: World): Signature {
  return { name: "GitHub", email: "noreply@github.com", date: world.now() };
}

export function signatureOf({ world, actor }: Session): Signature {
  const login = actorName(actor);
  const user = world.findUser(login);
  return {
    name: user?.name ?? login,
    email: user?.email ?? `${login}@users.noreply.github.com`,
    date: world.now(),
  };
}

/** Stores the bytes as a blob of the repository, for a change of a file. */
export function blobChange(
  repository: Repository,
  bytes: Uint8Array,
  mode = "100644",
): { mode: string; oid: string } {
  return { mode, oid: putObject(repository, { type: "blob", body: bytes }) };
}
