import type { RepositoryNumbers } from "../../../src/github/repositories/read-repository-numbers.ts";
import type { RepositorySnapshot } from "../../../src/github/repositories/repository-snapshot.ts";
import { addToLock, type LockedAction } from "../../../src/publishing/lockfile/add-to-lock.ts";
import {
  lockPath,
  pinOf,
  readLock,
  type WorkflowLock,
} from "../../../src/publishing/lockfile/workflow-lock.ts";
import { readRepository } from "../../../src/publishing/read/repository.ts";
import { gitBlobIds, isSameFiles } from "../../../src/github/contents/git-blob-id.ts";
import type { Properties } from "../../protocol/property-values.ts";
import type { ActionNumbers } from "./reads/action-numbers.ts";
import {
  lookAtBranch,
  type BranchAccess,
  type Found,
  type PublishingArgs,
  type Written,
} from "./inputs.ts";

/** What the lockfile of a repository needs for the workflows that are written. */
interface LockPlan {
  /** Absent where nothing changes in it. */
  readonly text?: string;
  /** Why runs of these workflows would end at their start. */
  readonly problem?: string;
}

/**
 * A workflow that the repository's lockfile lists runs only if the lockfile has each of its actions. Workflows that it
 * does not list are added only if the fleet wants that.
 *
 * @param files path to text: the workflows that are written
 */
export async function planLock(
  { texts, numbers }: Pick<BranchAccess, "texts" | "numbers">,
  snapshot: RepositorySnapshot,
  { lockfile }: { readonly lockfile?: "keep" | "onboard" | undefined },
  files: Readonly<Record<string, string>>,
): Promise<LockPlan> {
  const isThere = snapshot.workflows.has(lockPath);
  const paths = Object.keys(files);
  if (paths.length === 0 || (!isThere && lockfile !== "onboard")) return {};
  const text = isThere ? await texts.lockfile(snapshot) : undefined;
  // Where no name of these files is in it, it lists none of them, in whatever format.
  const named = paths.filter((path) => lockfile === "onboard" || text?.includes(path));
  if (named.length === 0) return {};
  const refuse = (reason: string) => ({
    problem: `${named.join(" and ")} would not start: ${reason}`,
  });
  if (isThere && text === undefined) return refuse(`${lockPath} cannot be read as text`);
  const lock = text === undefined ? noLock : readLock(text);
  if ("problem" in lock) return refuse(lock.problem);
  const locked = named.filter(
    (path) => lockfile === "onboard" || Object.hasOwn(lock.workflows, path),
  );
  const workflows: Record<string, LockedAction[]> = {};
  for (const path of locked) {
    const actions = await lockActions(actionsOf(path, files[path] ?? ""), lock, numbers);
    if ("problem" in actions) return refuse(actions.problem);
    workflows[path] = [...actions.locked];
  }
  if (locked.length === 0) return {};
  const result = addToLock(text, workflows);
  if ("problem" in result) return refuse(result.problem);
  return result.text === text ? {} : { text: result.text };
}

/**
 * For the policies: why runs of the templates would not start, once they are written. Nothing is read for a
 * repository whose files stay, and where nothing was found before.
 */
export async function lockAfterTemplates(
  access: BranchAccess,
  known: Written & Found & { readonly lockfile?: "keep" | "onboard" | undefined },
  args: Pick<PublishingArgs, "owner" | "repository" | "branch" | "lockfile">,
  files: Readonly<Record<string, string>>,
): Promise<Properties> {
  const isOnboarding = args.lockfile === "onboard" && known.lockfile !== "onboard";
  const isNew = isOnboarding || !isSameFiles(gitBlobIds(files), known.files ?? {});
  if (!isNew && known.notStarting === undefined) return {};
  const snapshot = await lookAtBranch(access, args);
  if (!snapshot?.head) return {};
  const { problem } = await planLock(access, snapshot, args, files);
  return problem === undefined ? {} : { notStarting: problem };
}

/** An action as a workflow's file names it. */
interface UsedAction {
  /** In lower case: `docker/login-action`, without the folder inside it. */
  readonly repository: string;
  readonly ref: string;
  readonly pin: string;
  /** The version in the comment behind a commit: `v4.6.0`. */
  readonly version: string | undefined;
}

/**
 * The actions of other repositories that the steps of a workflow use, each once. Reusable workflows do not
 * count: their actions are in the lockfile of their own repository.
 */
export function actionsOf(path: string, text: string): UsedAction[] {
  const { jobs } = readRepository({ [path]: text });
  const used = jobs.flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
  const actions = used.flatMap(({ value, comment }) => {
    const [, repository, ref] = /^([\w.-]+\/[\w.-]+)(?:\/[^@]*)?@(.+)$/.exec(value) ?? [];
    if (repository === undefined || ref === undefined) return [];
    const [version] = /^v?\d[\w.+-]*/.exec((comment ?? "").trim()) ?? [];
    const pin = pinOf(repository, ref);
    return [{ repository: repository.toLowerCase(), ref, pin, version }];
  });
  return [...new Map(actions.map((action) => [action.pin, action])).values()];
}

const noLock: WorkflowLock = { workflows: {}, dependencies: {} };

async function lockActions(
  used: readonly UsedAction[],
  lock: WorkflowLock,
  numbers: ActionNumbers,
): Promise<{ readonly locked: readonly LockedAction[] } | { readonly problem: string }> {
  const known = numbersIn(lock);
  const missing = used.map(({ repository }) => repository).filter((name) => !known.has(name));
  const read = missing.length > 0 ? await numbers.of([...new Set(missing)]) : known;
  const locked: LockedAction[] = [];
  for (const { repository, pin, ref: commit, version } of used) {
    const found = known.get(repository) ?? read.get(repository);
    if (!/^[0-9a-f]{40}$/.test(commit) || version === undefined)
      return { problem: `${repository} is not pinned to a commit with its version as comment` };
    if (!found)
      return {
        problem: `GitHub does not show the numbers of ${repository}, which ${lockPath} needs`,
      };
    locked.push({ pin, commit, ref: lock.dependencies[pin]?.ref ?? version, ...found });
  }
  return { locked };
}

/** A lockfile that has one version of an action has the numbers of its repository. */
function numbersIn({ dependencies }: WorkflowLock): ReadonlyMap<string, RepositoryNumbers> {
  return new Map(
    Object.entries(dependencies).map(([pin, { owner_id: ownerId, repo_id: repositoryId }]) => [
      pin.split("@", 1)[0]?.toLowerCase() ?? "",
      { ownerId, repositoryId },
    ]),
  );
}
