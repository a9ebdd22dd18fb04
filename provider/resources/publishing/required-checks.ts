import { explaining } from "../../../src/github/client/explain-failure.ts";
import { gitBlobIds, isSameFiles } from "../../../src/github/contents/git-blob-id.ts";
import { readRequiredChecks } from "../../../src/github/repositories/required-checks.ts";
import {
  checksOutsideQueue,
  lostChecks,
  mayLoseChecks,
  mayMissInQueue,
} from "../../../src/publishing/check-names.ts";
import type { RepositorySnapshot } from "../../../src/github/repositories/repository-snapshot.ts";
import { pick, type Properties } from "../../protocol/property-values.ts";
import {
  filesId,
  lookAtBranch,
  writtenFiles,
  type BranchAccess,
  type Found,
  type PublishingArgs,
  type Written,
} from "./inputs.ts";
import { workflowIds } from "./workflow-ids.ts";

/**
 * Which checks the branch requires and would no longer get, once the files are on it.
 *
 * Nothing is read for a repository whose files stay, unless something was found before, and GitHub is asked what is
 * required only where a name disappears, or does not run for a merge queue: a new version of the templates keeps the
 * names of their jobs.
 *
 * @param files path to text: what the templates write
 */
export async function checksAfterTemplates(
  access: BranchAccess,
  known: Written & Found,
  args: PublishingArgs,
  files: Readonly<Record<string, string>>,
): Promise<Properties> {
  const wanted = gitBlobIds(files);
  const isNew = !isSameFiles(wanted, known.files ?? {});
  if (!isNew && !hadFindings(known)) return {};
  const snapshot = await lookAtBranch(access, args);
  if (!snapshot?.head) return {};
  const present = workflowIds(snapshot);
  const written = writtenFiles(known);
  const deleted = Object.keys(written).filter(
    (path) => !Object.hasOwn(files, path) && present[path] === written[path],
  );
  const isReplaced = (path: string) =>
    Object.hasOwn(present, path) && present[path] !== wanted[path];
  const isChanged = deleted.length > 0 || Object.keys(files).some(isReplaced);
  if (!isChanged && !snapshot.mergeQueue && !known.lostChecks) return {};
  // As a rule, a new template is one for the whole fleet.
  const { texts: before } = await access.texts.get(snapshot, isNew ? "fleet" : "guess");
  const stays = Object.entries(before).filter(([path]) => !deleted.includes(path));
  const after = { ...Object.fromEntries(stays), ...files };
  const found = await checksAfter(access, known, args, snapshot, before, after);
  return isNew ? found : pick(found, Object.keys(known));
}

/** Whether the last look found required checks that no workflow reports, on pull requests or in a merge queue. */
export function hadFindings({ lostChecks: lost, checksOutsideQueue: outside }: Found): boolean {
  return lost !== undefined || outside !== undefined;
}

/**
 * Which required checks of the branch a change removes, and which do not run for its merge queue.
 *
 * @param before path to text: the workflows of the branch
 * @param after the same after the change
 */
export async function checksAfter(
  { github }: BranchAccess,
  { lostChecks: lostBefore = [] }: Found,
  args: PublishingArgs,
  { mergeQueue }: RepositorySnapshot,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Promise<Properties> {
  const mayLose = lostBefore.length > 0 || mayLoseChecks(before, after);
  const mayMiss = mergeQueue && mayMissInQueue(after);
  if (!mayMiss && !mayLose) return {};
  const required = await explaining(
    `read which checks ${args.branch} of ${filesId(args)} requires`,
    () => readRequiredChecks(github, args),
  );
  const lost = lostChecks(required, before, after, lostBefore);
  const outside = mayMiss ? checksOutsideQueue(required, after) : [];
  return {
    ...(lost.length > 0 && { lostChecks: lost }),
    ...(outside.length > 0 && { checksOutsideQueue: outside }),
  };
}
