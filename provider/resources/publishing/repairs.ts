import type { FileCommit } from "../../../src/github/contents/commit-files.ts";
import { repairNote } from "../../../src/github/contents/managed-note.ts";
import type { RepositorySnapshot } from "../../../src/github/repositories/repository-snapshot.ts";
import type { WorkflowEdit } from "../../../src/properties/repository-publishing.ts";
import { recordOriginals, restoreOriginals } from "../../../src/publishing/originals.ts";
import { showable } from "../../../src/printable.ts";
import { masked } from "../../../src/publishing/pasted-secrets.ts";
import {
  repairWorkflows,
  type RepairedFile,
  type RepairOptions,
} from "../../../src/publishing/repair-workflows.ts";
import type { Properties } from "../../protocol/property-values.ts";
import type { ResourceContext } from "../../protocol/resource-type.ts";
import { writeToBranch } from "./deliver.ts";
import type {
  BranchAccess,
  PublishingInputs,
  RepairInputs,
  RepairSettings,
  Written,
} from "./inputs.ts";

export function repairOptions(
  { registry }: Pick<BranchAccess, "registry">,
  { owner, repository }: { readonly owner: string; readonly repository: string },
  { secret, replaceSecrets, formerSecrets = [], deadPatFallback }: RepairSettings,
): RepairOptions & { readonly registry: string } {
  return {
    registry,
    secret,
    replaceSecrets: [...replaceSecrets, ...formerSecrets],
    deadPatFallback,
    repository: `${owner}/${repository}`,
  };
}

/** Repairs what needs it on the branch now, and stores the former text. */
export async function applyRepair(
  access: BranchAccess,
  inputs: RepairInputs,
  before: Written,
  preview: boolean,
  context: ResourceContext,
): Promise<Properties> {
  for (const { file, line, reason, fix } of inputs.unresolved ?? []) {
    // Several lines are YAML to type, whose indentation counts.
    context.warn(`${file}:${line}: ${reason}${fix.includes("\n") ? ":\n" : "; "}${fix}`);
  }
  return writeToBranch(access, inputs, before, preview, context, async (snapshot) => {
    const { texts } = await access.texts.get(snapshot, "nothing");
    const files = repairWorkflows(texts, repairOptions(access, inputs, inputs));
    const edits = files.flatMap(editsOf);
    const originals = recordOriginals(
      before.originals ?? [],
      files.flatMap(rawEditsOf).filter(isPlain),
      texts,
    );
    const repaired = files.filter((file) => file.edits.length > 0);
    return {
      commit: edits.length === 0 ? undefined : toCommit(inputs, snapshot, repaired, repairHeadline),
      // Lines move when somebody edits something above.
      wanted: edits.map(({ file, before: old, after }) => [file, old, after]),
      done: { originals: originals.map((each) => ({ ...each })) },
      offered: { pending: edits },
    };
  });
}

/** The edits that the branch needs in its current state. */
export async function readRepair(
  access: BranchAccess,
  inputs: RepairInputs,
  snapshot: RepositorySnapshot,
): Promise<WorkflowEdit[]> {
  const present = await access.texts.get(snapshot, "guess");
  return repairWorkflows(present.texts, repairOptions(access, inputs, inputs)).flatMap(editsOf);
}

/** Restores the text from before the repairs, where it still fits. */
export async function restoreRepair(
  access: BranchAccess,
  inputs: PublishingInputs,
  before: Written,
  context: ResourceContext,
): Promise<void> {
  await writeToBranch(access, inputs, before, false, context, async (snapshot) => {
    const { texts } = await access.texts.get(snapshot, "nothing");
    const originals = before.originals ?? [];
    const restored = Object.entries(texts).flatMap(([path, present]) => {
      const own = originals.filter(({ file }) => file === path);
      const text = restoreOriginals(present, own);
      return text === present ? [] : [{ path, text }];
    });
    const commit = toCommit(inputs, snapshot, restored, "ci: restore the logins to GHCR");
    return {
      commit: restored.length === 0 ? undefined : commit,
      wanted: restored,
      done: {},
      offered: {},
    };
  });
}

const repairHeadline = "ci: publish to GHCR with the fleet's credential";

function toCommit(
  { owner, repository, branch }: PublishingInputs,
  { head = "" }: RepositorySnapshot,
  files: readonly Pick<RepairedFile, "path" | "text">[],
  headline: string,
): FileCommit {
  const names = files.map(({ path }) => path.replace(/^\.github\/(?:workflows\/)?/, ""));
  return {
    owner,
    repository,
    branch,
    expectedHead: head,
    headline: `${headline} (${names.join(", ")})`,
    body: repairNote,
    additions: Object.fromEntries(files.map(({ path, text }) => [path, text])),
    deletions: [],
  };
}

/** Properties are shown by `pulumi preview --diff`, which prints every character as it is. */
export function editsOf(file: RepairedFile): WorkflowEdit[] {
  return rawEditsOf(file).map((edit) => ({
    ...edit,
    file: showable(edit.file),
    before: showable(edit.before),
    after: showable(edit.after),
  }));
}

function rawEditsOf({ path, edits }: RepairedFile): WorkflowEdit[] {
  return edits.map(({ line, kind, before, after }) => ({
    file: path,
    line,
    kind,
    before,
    after,
  }));
}

/** Masked text cannot be restored, nor can text that the state does not hold as it is. */
function isPlain({ before, after }: WorkflowEdit): boolean {
  return [before, after].every((text) => !text.includes(masked) && showable(text) === text);
}
