import { explaining } from "../../../src/github/client/explain-failure.ts";
import { isSameFiles } from "../../../src/github/contents/git-blob-id.ts";
import type { RepositorySnapshot } from "../../../src/github/repositories/repository-snapshot.ts";
import {
  repositoryPublishingProperties,
  type WorkflowEdit,
} from "../../../src/properties/repository-publishing.ts";
import { withheldPat } from "../../../src/pat/stand-ins.ts";
import { keepSpelling, toFailures } from "../../protocol/check-inputs.ts";
import { hasUnknown, omit, pick, type Properties } from "../../protocol/property-values.ts";
import type { ReadResult, ResourceContext, ResourceType } from "../../protocol/resource-type.ts";
import type { PackageVerifier } from "../packages/verify-packages.ts";
import type { RepositorySnapshots } from "../repository-snapshots.ts";
import { whyUnwritable } from "../why-unwritable.ts";
import { isRight, lookAtRepository, type Known } from "./check.ts";
import { endPullRequest } from "./deliver.ts";
import { diffPublishing, diffPullRequest, place } from "./diff.ts";
import { readImportedFiles } from "./import.ts";
import {
  filesId,
  isTemplate,
  offeredIn,
  ownFiles,
  textIds,
  withoutTexts,
  writtenFiles,
  type BranchAccess,
  type PublishingInputs,
  type PublishingState,
  type RepairInputs,
  type Seen,
  type TemplateInputs,
  type Written,
} from "./inputs.ts";
import { withCommitToCome } from "./pin-callers.ts";
import { applyRepair, readRepair, restoreRepair } from "./repairs.ts";
import { applyTemplates, readTemplates } from "./templates.ts";

/**
 * `ghcr:index:RepositoryPublishing`: how one repository publishes. Either its own workflow files are
 * repaired, which changes only the logins and permissions in them; or the files of the templates are
 * written; or nothing is written. Its packages are verified first, because the commit starts a run.
 *
 * All changes are one signed commit, made only if the branch has not moved since it was read, and not
 * if the branch is right already.
 */
export function repositoryPublishing(
  access: BranchAccess,
  packages: PackageVerifier,
): ResourceType {
  const { snapshots } = access;

  async function apply(
    inputs: Properties,
    state: Properties,
    preview: boolean,
    context: ResourceContext,
  ): Promise<Properties> {
    // Only the registry's answers may be open: then everything else is shown.
    if (preview && hasUnknown(omit(inputs, "packages"))) return { ...state, ...inputs };
    const verified = await packages.apply(inputs, state, preview, context);
    const written = await write(access, inputs, state, preview, context);
    return { ...shown(inputs), ...written, ...verified };
  }

  return {
    properties: repositoryPublishingProperties,

    async check(formerly, news) {
      const olds = withoutTexts(formerly);
      const { credential, ...others } = withCommitToCome(news);
      const isWithheld = credential === withheldPat;
      if (typeof credential === "string" && !isWithheld) packages.keep(credential);
      if (hasUnknown({ ...others, credential })) {
        return { inputs: await textIds(access, others), failures: [] };
      }
      const parsed = repositoryPublishingProperties.args.safeParse(
        keepSpelling(olds, { ...others, credential }, place),
      );
      if (!parsed.success) return { inputs: others, failures: toFailures(parsed.error) };
      const known = olds as Known;
      const isImport = known.imported === true && news["mode"] === undefined;
      const { inputs, images } = await lookAtRepository(access, known, parsed.data);
      const pushes = await packages.tryPushes(parsed.data, images, olds, isWithheld);
      const owner = typeof credential === "string" ? packages.ownerOf(credential) : undefined;
      const username = parsed.data.username ?? owner ?? known.username;
      return {
        inputs: {
          ...inputs,
          ...(username !== undefined && { username }),
          packages: pushes,
          ...(isImport && { imported: true }),
        },
        failures: [],
      };
    },

    // Without the PAT, the right to push is unknown.
    previewsUnknown: true,

    async diff(olds, inputs, state) {
      const news = await withoutMadeEdits(access, inputs);
      const changes = diffPublishing(withoutTexts(olds), news, state);
      return { ...changes, ...(await diffPullRequest(access, news, state)) };
    },

    async create(inputs, preview, context) {
      return {
        id: filesId(inputs as PublishingInputs),
        state: await apply(inputs, {}, preview, context),
      };
    },

    async read(id, state, formerly, context) {
      const inputs = withoutTexts(formerly);
      if (Object.keys(inputs).length === 0) return importFiles(access, id);
      const found = await explaining(`read the workflow files of ${id}`, () =>
        isTemplate(inputs as PublishingInputs)
          ? refreshTemplates(access, inputs, state)
          : refreshRepair(access, inputs, state),
      );
      if (!found) return undefined;
      const verified = await packages.read(inputs, state, context);
      return {
        id,
        state: { ...found.state, ...verified.outputs },
        inputs: { ...found.inputs, ...verified.inputs },
      };
    },

    async update(_id, before, inputs, preview, context) {
      const state = withoutTexts(before);
      const { branch } = inputs as PublishingInputs;
      await warnOfFilesLeftBehind(snapshots, state as PublishingState, branch, context);
      const next = await apply(inputs, state, preview, context);
      return { ...pick(state, ["commitSha", "commitUrl"]), ...next };
    },

    delete: (_id, state, context) =>
      leave(access, withoutTexts(state), context, "This repository left the fleet."),
  };
}

/**
 * Ends the pull request of a resource that leaves, and takes back what it wrote where that is wanted.
 *
 * @param why the comment with which the pull request is closed
 */
export async function leave(
  access: BranchAccess,
  state: Properties,
  context: ResourceContext,
  why: string,
): Promise<void> {
  const inputs = state as unknown as PublishingInputs;
  await endPullRequest(access, inputs, state, context, why).catch((error: unknown) =>
    context.warn(error instanceof Error ? error.message : String(error)),
  );
  const takesBack = isTemplate(inputs)
    ? inputs.onRemove === "delete"
    : inputs.onRemove === "restore" && state["originals"] !== undefined;
  if (!takesBack) return;
  const { repository, branch } = inputs;
  const snapshot = await access.snapshots.get(inputs);
  const gone = snapshot?.head ? undefined : `it has no branch ${branch}`;
  const reason = whyUnwritable(repository, snapshot) ?? gone;
  if (reason) {
    context.warn(`the workflow files of ${filesId(inputs)} are left as they are: ${reason}`);
  } else if (isTemplate(inputs)) {
    await applyTemplates(access, { ...inputs, files: {} }, state, false, context);
  } else {
    await restoreRepair(access, inputs, state, context);
  }
}

/** The inputs keep the edits of the last update: those that the branch still needs are what is left of them. */
async function withoutMadeEdits(access: BranchAccess, news: Properties): Promise<Properties> {
  const inputs = news as unknown as PublishingInputs;
  if (inputs.mode !== "repair" || !inputs.edits?.length) return news;
  const snapshot = await access.snapshots.get(inputs);
  return snapshot?.head ? { ...news, edits: await neededEdits(access, inputs, snapshot) } : news;
}

async function neededEdits(
  access: BranchAccess,
  inputs: RepairInputs,
  snapshot: RepositorySnapshot,
): Promise<WorkflowEdit[]> {
  return (await isRight(access, inputs, snapshot)) ? [] : readRepair(access, inputs, snapshot);
}

/**
 * The outputs that repeat inputs: what the program and the rules about the whole stack read. The others
 * stay in the inputs, because the engine writes both at each step.
 */
function shown(inputs: Properties): Properties {
  return pick(inputs, [
    "owner",
    "repository",
    "branch",
    "mode",
    "files",
    "newerPins",
    "delivery",
    "pullRequests",
    "onRemove",
    "visibility",
    "waitsFor",
    "jobToken",
    "unresolved",
    "unnamed",
    "foreign",
    "undeployed",
  ]);
}

async function write(
  access: BranchAccess,
  properties: Properties,
  before: Written,
  preview: boolean,
  context: ResourceContext,
): Promise<Properties> {
  const inputs = properties as PublishingInputs;
  switch (inputs.mode) {
    case "none":
      if (!preview) await endPullRequest(access, inputs, before, context, notAnyMore);
      // What was repaired before can still be restored.
      return { ...pick(inputs, ["wasRepaired"]), ...pick(before, ["originals"]) };
    case "repair":
      return applyRepair(access, inputs, before, preview, context);
    default:
      // What an earlier update wrote stays, and its text may be in no cache.
      if (inputs.waitsFor !== undefined) {
        return pick(before, ["pullRequestUrl", "declined", "blobs", "offered", "replaced"]);
      }
      return applyTemplates(access, inputs, before, preview, context);
  }
}

const notAnyMore = "The fleet no longer changes the workflows here.";

async function importFiles(access: BranchAccess, id: string): Promise<ReadResult | undefined> {
  const found = await explaining(`read the workflow files of ${id}`, () =>
    readImportedFiles(access.github, access.snapshots, id),
  );
  if (!found) return undefined;
  const { imported, ...state } = found;
  // A person who imports files has read them: they may be replaced.
  return {
    id: filesId(found),
    state,
    inputs: { ...(state as Properties), imported },
  };
}

/** @returns the same state and inputs where the files wait for a person; nothing where the repository is gone */
export async function refreshTemplates(
  access: BranchAccess,
  properties: Properties,
  state: Properties,
): Promise<ReadResult | undefined> {
  const inputs = properties as unknown as TemplateInputs & Seen;
  const { pullRequest, isMerged } = await refreshPullRequest(access, inputs, state);
  const before = { ...state, ...offeredIn(inputs, state) };
  const { offered = {} } = before;
  const paths = Object.keys({ ...writtenFiles(state), ...offered, ...inputs.files });
  const files = await readTemplates(access.snapshots, inputs, paths);
  if (!files) return undefined;
  const id = filesId(inputs);
  const left = ownFiles(before, files, isMerged);
  // The last refresh may have taken an edit into the inputs.
  const isEdited = !isSameFiles(files, left);
  const isRight = !isEdited && isSameFiles(files, inputs.files);
  const waits = Object.keys(pullRequest).length > 0;
  // The files wait for a person: that is no drift.
  if (!isRight && !isEdited && waits) return { id, state, inputs: properties };
  const found = {
    ...omit(properties, "workflows", "reader", "edited"),
    files: { ...files },
    ...(isEdited && { edited: true }),
  };
  return {
    id,
    state: {
      ...shown(found),
      ...pick(state, ["commitSha", "commitUrl", "replaced"]),
      ...(isRight ? omit(pullRequest, "declined") : pullRequest),
      ...(isEdited && { blobs: { ...left } }),
      ...(isEdited && waits && { offered: { ...offered } }),
    },
    inputs: found,
  };
}

/** What the state still has to know of its pull request: nothing once it is merged and its branch is gone. */
async function refreshPullRequest(
  { pullRequests }: BranchAccess,
  { repository }: Pick<PublishingInputs, "repository">,
  state: Properties,
): Promise<{ pullRequest: Properties; isMerged: boolean }> {
  const { pullRequestUrl: url, declined } = state as Written;
  if (url == null) {
    return { pullRequest: declined == null ? {} : pick(state, ["declined"]), isMerged: false };
  }
  const found = await pullRequests.get({ repository, url });
  const isMerged = found?.state === "MERGED";
  return { pullRequest: isMerged && !found.hasBranch ? {} : { pullRequestUrl: url }, isMerged };
}

/** A repository's files belong to people. Only a place that needs a repair again is drift. */
async function refreshRepair(
  access: BranchAccess,
  properties: Properties,
  state: Properties,
): Promise<ReadResult | undefined> {
  const inputs = properties as unknown as Exclude<PublishingInputs, TemplateInputs>;
  const snapshot = await access.snapshots.get(inputs);
  if (!snapshot) return undefined;
  const id = filesId(inputs);
  // Without the branch, the update says what to do; what is known of the packages stays.
  if (inputs.mode === "none" || !snapshot.head) return { id, state, inputs: properties };
  const edits = await neededEdits(access, inputs, snapshot);
  const others = omit(state, "pending", "pullRequestUrl", "declined");
  const { pullRequest } = await refreshPullRequest(access, inputs, state);
  return {
    id,
    state:
      edits.length === 0
        ? { ...others, ...omit(pullRequest, "declined") }
        : { ...others, ...pullRequest, pending: edits },
    inputs: properties,
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
  before: PublishingState,
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
