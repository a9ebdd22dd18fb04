import type { FileCommit } from "../../../src/github/contents/commit-files.ts";
import { explaining } from "../../../src/github/client/explain-failure.ts";
import { readLastCommit } from "../../../src/github/contents/last-commit.ts";
import { managedNote, templateNote } from "../../../src/github/contents/managed-note.ts";
import {
  workflowFolder,
  type RepositorySnapshot,
} from "../../../src/github/repositories/repository-snapshot.ts";
import { UserError } from "../../../src/user-error.ts";
import { isFromTemplate } from "../../../src/publishing/templates/template.ts";
import type { Properties } from "../../protocol/property-values.ts";
import type { ResourceContext } from "../../protocol/resource-type.ts";
import type { RepositorySnapshots } from "../repository-snapshots.ts";
import { lockPath } from "../../../src/publishing/lockfile/workflow-lock.ts";
import { writeToBranch } from "./deliver.ts";
import {
  filesId,
  ownFiles,
  type Blobs,
  type BranchAccess,
  type TemplateInputs,
  type Written,
} from "./inputs.ts";
import { planLock } from "./lockfile.ts";
import { workflowIds } from "./workflow-ids.ts";

/**
 * Writes the files of the templates, and deletes those that an earlier update wrote and the fleet no
 * longer has.
 *
 * @param assertReplaceable throws where text that the state does not know (path to blob id) must not be replaced
 */
export async function applyTemplates(
  access: BranchAccess,
  inputs: TemplateInputs,
  before: Written,
  preview: boolean,
  context: ResourceContext,
  assertReplaceable?: (snapshot: RepositorySnapshot, replaces: Blobs) => Promise<void>,
): Promise<Properties> {
  return writeToBranch(access, inputs, before, preview, context, async (snapshot) => {
    const written = ownFiles(before, Object.fromEntries(snapshot.workflows));
    const all = planFiles(snapshot, inputs.files, written);
    // Another stack's commits look like the fleet's own, too.
    await assertReplaceable?.(snapshot, all.replaces);
    const plan = await withoutOwn(access, inputs, snapshot, all, written);
    if (!isEmptyPlan(plan)) rejectOthersWorkflows(access, snapshot, inputs);
    warnOfReplacements(plan, before, preview, context);
    for (const path of plan.kept) {
      context.warn(
        `${path} stays, because somebody else edited it; delete it if you do not need it`,
      );
    }
    const lock = await lockFor(access, inputs, snapshot, preview, context);
    const isForeign = Object.keys(plan.replaces).length > 0;
    const replaced = isForeign ? { ...plan.replaces } : undefined;
    const isNothing = isEmptyPlan(plan) && lock === undefined;
    return {
      commit: isNothing ? undefined : await toCommit(access, inputs, plan, lock),
      wanted: [inputs.files, plan.deletions],
      done: { replaced },
      // The branch does not change until somebody merges.
      offered: { blobs: { ...written }, offered: inputs.files },
    };
  });
}

/** The new text of the lockfile, which goes into the same commit: until it has the actions, nothing starts. */
async function lockFor(
  access: BranchAccess,
  inputs: TemplateInputs,
  snapshot: RepositorySnapshot,
  preview: boolean,
  context: ResourceContext,
): Promise<string | undefined> {
  const { files } = inputs;
  const isLocked = snapshot.workflows.has(lockPath) || inputs.lockfile === "onboard";
  if (!isLocked || Object.keys(files).length === 0) return undefined;
  const { text, problem } = await planLock(
    access,
    snapshot,
    inputs,
    await textsOf(access, inputs, files),
  );
  if (problem === undefined) return text;
  const fix = "run gh actions-lock in a checkout, or set workflows: none";
  if (!preview) {
    throw new UserError(
      `cannot write the workflow files of ${filesId(inputs)}: ${problem}; nothing was written; ${fix}`,
    );
  }
  context.warn(`${problem}; ${fix}`);
  return undefined;
}

/** A workflow that somebody pushed since `auto` decided may publish, or be one that would be replaced. */
function rejectOthersWorkflows(
  { decided }: BranchAccess,
  snapshot: RepositorySnapshot,
  inputs: TemplateInputs,
): void {
  const seen = decided.get(filesId(inputs));
  if (seen === undefined) return;
  const present = workflowIds(snapshot);
  const changed = [...new Set([...Object.keys(seen), ...Object.keys(present)])].filter(
    (path) => seen[path] !== present[path],
  );
  if (changed.length === 0) return;
  throw new UserError(
    `cannot write the workflow files of ${filesId(inputs)}: somebody changed ${changed.join(" and ")} ` +
      `on ${inputs.branch} meanwhile; nothing was written; run again to decide by the new files`,
  );
}

/** Those of these files that are on the branch now: none where somebody deleted or renamed it. */
export async function readTemplates(
  snapshots: RepositorySnapshots,
  inputs: TemplateInputs,
  paths: readonly string[],
): Promise<Blobs | undefined> {
  const snapshot = await snapshots.get(inputs);
  if (!snapshot) return undefined;
  const present = paths.flatMap((path) => {
    const id = snapshot.workflows.get(path);
    return id === undefined ? [] : [[path, id]];
  });
  return Object.fromEntries(present) as Blobs;
}

/** What has to be written to a branch for these files, and what a person should know. */
interface FilePlan {
  /** The commit that the plan was made for. */
  readonly head: string;
  readonly additions: Blobs;
  readonly deletions: readonly string[];
  /** No longer in the fleet, but edited by somebody else. */
  readonly kept: readonly string[];
  /** Path to blob id of text by somebody else that the plan replaces. */
  readonly replaces: Blobs;
}

/**
 * Compares the files with those of the branch, by git's blob ids.
 *
 * @param written path to blob id, as this resource left the branch; files in it that are no longer in
 *   the fleet are deleted, unless somebody edited them
 */
function planFiles(
  snapshot: Pick<RepositorySnapshot, "head" | "workflows">,
  wanted: Blobs,
  written: Blobs,
): FilePlan {
  const additions: Record<string, string> = {};
  const replaces: Record<string, string> = {};
  for (const [path, id] of Object.entries(wanted)) {
    const present = snapshot.workflows.get(path);
    if (present === id) continue;
    additions[path] = id;
    if (present !== undefined && present !== written[path]) replaces[path] = present;
  }
  const unwanted = Object.keys(written).filter(
    (path) => !(path in wanted) && snapshot.workflows.has(path),
  );
  const isOurs = (path: string) => snapshot.workflows.get(path) === written[path];
  return {
    head: snapshot.head ?? "",
    additions,
    deletions: unwanted.filter(isOurs),
    kept: unwanted.filter((path) => !isOurs(path)),
    replaces,
  };
}

/**
 * The plan without files that the fleet itself wrote, and that the state does not know: of a repository that was
 * renamed since, or of a state that was lost. The last commit that changed such a file is the fleet's.
 */
async function withoutOwn(
  { github, texts }: BranchAccess,
  { owner, repository, branch }: TemplateInputs,
  snapshot: RepositorySnapshot,
  plan: FilePlan,
  written: Blobs,
): Promise<FilePlan> {
  const unknown = Object.keys(plan.replaces).filter((path) => written[path] === undefined);
  if (unknown.length === 0) return plan;
  const present = await texts.get(snapshot, "guess");
  const templates = unknown.filter((path) => isFromTemplate(present.texts[path] ?? ""));
  const own = templates.map(async (path) => {
    const last = await explaining(`read who changed ${path} of ${owner}/${repository}`, () =>
      readLastCommit(github, { owner, repository, branch }, path),
    );
    return last?.message.includes(managedNote) ? [path] : [];
  });
  const ours = new Set((await Promise.all(own)).flat());
  const replaces = Object.entries(plan.replaces).filter(([path]) => !ours.has(path));
  return { ...plan, replaces: Object.fromEntries(replaces) };
}

function isEmptyPlan({ additions, deletions }: FilePlan): boolean {
  return Object.keys(additions).length === 0 && deletions.length === 0;
}

async function toCommit(
  access: BranchAccess,
  inputs: TemplateInputs,
  plan: FilePlan,
  lock: string | undefined,
): Promise<FileCommit> {
  const { owner, repository, branch } = inputs;
  const { head, deletions } = plan;
  const additions = await textsOf(access, inputs, plan.additions);
  return {
    owner,
    repository,
    branch,
    expectedHead: head,
    headline: headlineOf(plan, lock),
    body: templateNote,
    additions: { ...additions, ...(lock !== undefined && { [lockPath]: lock }) },
    deletions,
  };
}

async function textsOf(
  { stored }: BranchAccess,
  { owner, repository }: TemplateInputs,
  files: Blobs,
): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const [path, id] of Object.entries(files)) {
    const text = await stored.read(id);
    if (text === undefined) {
      throw new UserError(
        `the text of ${path} for ${owner}/${repository} is no longer in the cache; run again, and nothing else may empty the cache meanwhile`,
      );
    }
    texts[path] = text;
  }
  return texts;
}

function headlineOf({ additions }: FilePlan, lock: string | undefined): string {
  const names = Object.keys(additions).map((path) => path.slice(workflowFolder.length + 1));
  if (names.length > 0)
    return `ci: publish to GHCR with the fleet's workflows (${names.join(", ")})`;
  return lock === undefined
    ? "ci: remove the fleet's workflows"
    : "ci: lock the actions of the fleet's workflows";
}

/** Text by others is never replaced silently: the warning shows how to get it back. */
function warnOfReplacements(
  plan: FilePlan,
  { files = {} }: Written,
  preview: boolean,
  context: ResourceContext,
): void {
  for (const [path, id] of Object.entries(plan.replaces)) {
    // Without a refresh, an update does not see an edit: it compares the declared text with the one it wrote.
    const planned =
      files[path] === id ? "would be replaced by `pulumi up --refresh`" : "will be replaced";
    context.warn(
      `${path} was written by somebody else and ${preview ? planned : "is replaced"}; ` +
        `its text stays in the history: git show ${plan.head.slice(0, 12)}:${path}`,
    );
  }
}
