import { explaining } from "../../../src/github/client/explain-failure.ts";
import { workflowFilesProperties } from "../../../src/properties/workflow-files.ts";
import { pick, type Properties } from "../../protocol/property-values.ts";
import type { ReadResult, ResourceContext, ResourceType } from "../../protocol/resource-type.ts";
import type { RepositorySnapshots } from "../repository-snapshots.ts";
import { whyUnwritable } from "../why-unwritable.ts";
import { checkWorkflows, diffWorkflows, isRight } from "./decide.ts";
import type { BranchAccess } from "./deliver.ts";
import { readImportedFiles } from "./import.ts";
import {
  filesId,
  isTemplate,
  type TemplateInputs,
  type WorkflowInputs,
  type WorkflowState,
  type Written,
} from "./inputs.ts";
import { applyRepair, readRepair, restoreRepair } from "./repairs.ts";
import { applyTemplates, blobsOf, readTemplates, toState, type Files } from "./templates.ts";

/**
 * `ghcr:index:WorkflowFiles`: how one repository publishes. Either its own workflow files are repaired,
 * which changes only the logins and permissions in them; or the files of the templates are written; or
 * nothing is written.
 *
 * All changes are one signed commit, made only if the branch has not moved since it was read, and not
 * if the branch is right already.
 */
export function workflowFiles(access: BranchAccess): ResourceType {
  const { snapshots } = access;
  return {
    properties: workflowFilesProperties,

    check: (olds, news) => checkWorkflows(access, olds, news),

    diff: diffWorkflows,

    async create(properties, preview, context) {
      const inputs = properties as WorkflowInputs;
      return {
        id: filesId(inputs),
        state: await apply(access, inputs, {}, preview, context),
      };
    },

    async read(id, state, properties) {
      const inputs = properties as WorkflowInputs;
      if (Object.keys(properties).length === 0) return importFiles(access, id);
      return explaining(`read the workflow files of ${id}`, () =>
        isTemplate(inputs)
          ? refreshTemplates(access, inputs, state)
          : refreshRepair(access, inputs, state),
      );
    },

    async update(_id, state, properties, preview, context) {
      const before = state as WorkflowState;
      const inputs = properties as WorkflowInputs;
      await warnOfFilesLeftBehind(snapshots, before, inputs.branch, context);
      const next = await apply(access, inputs, before, preview, context);
      return { ...pick(state, ["commitSha", "commitUrl"]), ...next };
    },

    async delete(_id, state, context) {
      const inputs = state as unknown as WorkflowInputs;
      const takesBack = isTemplate(inputs)
        ? inputs.onRemove === "delete"
        : inputs.onRemove === "restore" && state["originals"] !== undefined;
      if (!takesBack) return;
      const { repository, branch } = inputs;
      const snapshot = await snapshots.get(inputs);
      const gone = snapshot?.head ? undefined : `it has no branch ${branch}`;
      const reason = whyUnwritable(repository, snapshot) ?? gone;
      if (reason) {
        context.warn(`the workflow files of ${filesId(inputs)} are left as they are: ${reason}`);
        return;
      }
      if (isTemplate(inputs)) {
        await applyTemplates(access, { ...inputs, files: {} }, state, false, context);
      } else {
        await restoreRepair(access, inputs, state, context);
      }
    },
  };
}

async function apply(
  access: BranchAccess,
  inputs: WorkflowInputs,
  before: Written,
  preview: boolean,
  context: ResourceContext,
): Promise<Properties> {
  switch (inputs.mode) {
    case "none":
      // What was repaired before can still be restored.
      return { ...pick(inputs, inputNames), ...pick(before, ["originals"]) };
    case "repair":
      return applyRepair(access, inputs, before, preview, context);
    default:
      return applyTemplates(access, inputs, before, preview, context);
  }
}

const inputNames = [
  "owner",
  "repository",
  "branch",
  "delivery",
  "onRemove",
  "mode",
  "why",
  "wasRepaired",
];

/** The outputs of a write. */
const written = ["commitSha", "commitUrl", "replaced"];

async function importFiles(access: BranchAccess, id: string): Promise<ReadResult | undefined> {
  const found = await explaining(`read the workflow files of ${id}`, () =>
    readImportedFiles(access.github, access.snapshots, id),
  );
  if (!found) return undefined;
  const { imported, ...state } = found;
  // A person who imports files has read them.
  const blobs = { ...blobsOf(found.files) };
  return {
    id: filesId(found),
    state: { ...(state as Properties), blobs },
    inputs: { ...(state as Properties), imported },
  };
}

async function refreshTemplates(
  { github, snapshots }: BranchAccess,
  inputs: TemplateInputs,
  state: Properties,
): Promise<ReadResult | undefined> {
  const files = await readTemplates(github, snapshots, inputs);
  if (!files) return undefined;
  const found = { ...toState(inputs), files: { ...files } };
  const isMerged = holdsAll(files, inputs.files);
  const kept = pick(state, isMerged ? written : [...written, "pullRequestUrl"]);
  return {
    id: filesId(inputs),
    state: { ...found, blobs: state["blobs"], ...kept },
    inputs: found,
  };
}

/** A repository's files belong to people. Only a place that needs a repair again is drift. */
async function refreshRepair(
  access: BranchAccess,
  inputs: Exclude<WorkflowInputs, TemplateInputs>,
  state: Properties,
): Promise<ReadResult | undefined> {
  const snapshot = await access.snapshots.get(inputs);
  if (!snapshot?.head) return undefined;
  const id = filesId(inputs);
  const same = inputs as unknown as Properties;
  if (inputs.mode === "none") return { id, state, inputs: same };
  const edits = (await isRight(access, same, snapshot))
    ? []
    : await readRepair(access, inputs, snapshot);
  const { pullRequestUrl, ...others } = state;
  delete others["pending"];
  return {
    id,
    state: edits.length === 0 ? others : { ...others, pullRequestUrl, pending: edits },
    inputs: same,
  };
}

/**
 * Names the files that stay on a branch from which the repository no longer publishes: pushes to it
 * still start them.
 *
 * @param before where the files were written last
 */
async function warnOfFilesLeftBehind(
  snapshots: RepositorySnapshots,
  before: WorkflowState,
  branch: string,
  context: ResourceContext,
): Promise<void> {
  if (before.branch === branch) return;
  const present = (await snapshots.get(before))?.workflows;
  const left = Object.keys(before.files ?? {}).filter((path) => present?.has(path));
  if (left.length === 0) return;
  context.warn(
    `${left.join(" and ")} stay on ${before.branch}, whose pushes still publish; ` +
      "delete them there if you do not want that",
  );
}

function holdsAll(present: Files, wanted: Files): boolean {
  return Object.entries(wanted).every(([path, text]) => present[path] === text);
}
