import { explaining } from "../../../src/github/client/explain-failure.ts";
import type { RepositorySnapshot } from "../../../src/github/repositories/repository-snapshot.ts";
import { decideWorkflows, repairVersion } from "../../../src/publishing/decide-workflows.ts";
import type { RepairedFile } from "../../../src/publishing/repair-workflows.ts";
import { deploysTo } from "../../../src/publishing/deploys-to.ts";
import { isSameFiles } from "../../../src/github/contents/git-blob-id.ts";
import { pick, type Properties } from "../../protocol/property-values.ts";
import { pinCallers } from "./pin-callers.ts";
import { readBranch } from "./deliver.ts";
import {
  filesId,
  type Blobs,
  type BranchAccess,
  type PublishingArgs,
  type PublishingInputs,
  type PublishingState,
  type Seen,
} from "./inputs.ts";
import { isTemplated, publishedImages } from "./published-images.ts";
import { lockAfterTemplates } from "./lockfile.ts";
import { keepNewerPins } from "./newer-pins.ts";
import { editsOf, repairOptions } from "./repairs.ts";
import { besideTemplates } from "./beside-templates.ts";
import { checksAfter, checksAfterTemplates, hadFindings } from "./required-checks.ts";
import { idsOf, isUnchanged, workflowIds } from "./workflow-ids.ts";

/** The inputs of a refresh or of an import may have fewer properties than those of an update. */
export type Known = Partial<PublishingState> & { readonly imported?: boolean };

/** How a repository publishes, and the names of its packages. */
interface Look {
  readonly inputs: Properties;
  readonly images: readonly string[];
}

/**
 * Decides how the repository publishes, and finds what has to change for that and which packages it
 * pushes. A branch that is as the last look left it is not read again.
 */
export async function lookAtRepository(
  access: BranchAccess,
  known: Known,
  args: PublishingArgs,
): Promise<Look> {
  const wasTemplate = args.mode === "auto" && known.files !== undefined && !known.imported;
  if (args.mode === "template" || wasTemplate) {
    // The reason stays: the engine would write the state for another one.
    const before = known.waitsFor === undefined ? (known.why ?? onRequest) : onRequest;
    const earlier = before === onRequest ? "an earlier update wrote these files" : before;
    const why = wasTemplate ? earlier : onRequest;
    return nameImages(access, known, args, await templates(access, known, args, why));
  }
  if (args.mode === "none") {
    const none = noWorkflows(known, "the configuration leaves them alone");
    return nameImages(access, known, args, none);
  }
  return decide(access, known, args, args.mode);
}

const onRequest = "the configuration asks for it";
const sharedIsMissing = "the shared workflow is not on its branch yet";

/** For a decision that does not depend on the branch: only the names of packages are read from there. */
async function nameImages(
  access: BranchAccess,
  known: Known,
  args: PublishingArgs,
  decided: Properties,
): Promise<Look> {
  const inputs = { ...commonOf(args), ...decided };
  const options = optionsOf(access, known, args);
  // Without workflows, the packages are those of the configuration.
  const declared = { inputs, images: publishedImages(args, {}, options).images };
  const isLeft = decided["mode"] === "none";
  if (args.mode === "template" || (args.images && !(isLeft && args.environment))) return declared;
  // A refresh reports a branch that no longer has the templates.
  if (hasTemplates(known, decided)) return declared;
  // A repository that is gone, or has no such branch, is reported when its files are written.
  const snapshot = await access.snapshots.get(args);
  if (!snapshot?.head) return declared;
  if (isTemplated(snapshot, args, known)) {
    return isLeft ? { ...declared, inputs: { ...inputs, ...undeployedIn(args, {}) } } : declared;
  }
  const looked = lookInputs(known, args);
  if (await isKnown(access, known, looked, snapshot)) {
    return { ...sameImages(known), inputs: { ...looked, ...sameNames(known), ...decided } };
  }
  const present = await access.texts.get(snapshot, "guess");
  const { images, unclear } = publishedImages(args, present.texts, options);
  const workflows = idsOf(snapshot, present, new Map());
  const undeployed = isLeft ? undeployedIn(args, present.texts) : {};
  return { inputs: { ...looked, workflows, ...unclear, ...undeployed, ...decided }, images };
}

/** Whether no job of the repository's own workflows gets the secret, where that is an environment's. */
function undeployedIn(
  { environment, secret: name }: PublishingArgs,
  texts: Readonly<Record<string, string>>,
): Properties {
  const isMissed = environment !== undefined && !deploysTo(texts, { environment, name });
  return isMissed ? { undeployed: true } : {};
}

/** Whether the last look found nothing but the templates, which stay as they are. */
function hasTemplates(known: Known & Seen, { files }: Properties): boolean {
  const { workflows, packages, edited = false, imported = false } = known;
  if (files === undefined || known.files === undefined) return false;
  const isOurs = workflows === undefined && packages !== undefined && !edited && !imported;
  return isOurs && isSameFiles(files as Blobs, known.files);
}

async function decide(
  access: BranchAccess,
  known: Known,
  args: PublishingArgs,
  asked: "auto" | "repair",
): Promise<Look> {
  const snapshot = await explaining(`read the workflow files of ${filesId(args)}`, () =>
    readBranch(access.snapshots, args),
  );
  const looked = lookInputs(known, args);
  const decidesSame = known.mode === "repair" || asked === "auto";
  if (decidesSame && (await isKnown(access, known, looked, snapshot))) {
    const checks = await sameChecks(access, known, args, snapshot);
    const decided = { ...sameNames(known), ...pick(known, decidedNames), ...checks };
    // The edits stay after they are made: the engine would write the state for inputs without them.
    return {
      ...sameImages(known),
      inputs: { ...looked, ...decided, edits: [...(known.edits ?? [])] },
    };
  }
  const isNew = known.mode === undefined;
  const present = await access.texts.get(snapshot, isNew ? "fleet" : "guess");
  const options = optionsOf(access, known, args);
  const decision = decideWorkflows(
    {
      asked,
      present: present.texts,
      unreadable: present.unreadable,
      templates: args.files,
      wasRepaired: wasRepaired(known),
    },
    options,
  );
  const { mode, why, publishing, files: repaired } = decision;
  const { images, unclear } = publishedImages(args, present.texts, options);
  if (mode === "template") {
    // Nobody asked for the files, so they are written only while these workflows are the present ones.
    access.decided.set(filesId(args), workflowIds(snapshot));
    return {
      inputs: { ...commonOf(args), ...(await templates(access, known, args, why)) },
      images,
    };
  }
  const texts = new Map(repaired.map(({ path, text }) => [path, text]));
  const isEdited = repaired.some(({ edits }) => edits.length > 0);
  // A repair changes no name of a job, so only a queue is worth the question.
  const mayFind = (isEdited && snapshot.mergeQueue) || hadFindings(known);
  const checks =
    mode === "repair" && mayFind
      ? await checksAfter(access, known, args, snapshot, present.texts, Object.fromEntries(texts))
      : {};
  return {
    inputs: {
      ...looked,
      ...(mode === "none" ? noWorkflows(known, why) : { mode, why }),
      publishing: [...publishing],
      workflows: idsOf(snapshot, present, texts),
      edits: repaired.flatMap(editsOf),
      unresolved: unresolvedIn(repaired, present.unreadable),
      ...unclear,
      ...undeployedIn(args, { ...present.texts, ...Object.fromEntries(texts) }),
      ...checks,
    },
    images,
  };
}

/** What was found about checks may have been changed outside of the branch. */
async function sameChecks(
  access: BranchAccess,
  known: Known,
  args: PublishingArgs,
  snapshot: RepositorySnapshot,
): Promise<Properties> {
  if (!hadFindings(known)) return {};
  const { texts } = await access.texts.get(snapshot, "guess");
  return checksAfter(access, known, args, snapshot, texts, texts);
}

const decidedNames = ["mode", "why", "publishing", "unresolved", "wasRepaired"];

/** What a person has to do in the workflows. */
function unresolvedIn(repaired: readonly RepairedFile[], unreadable: readonly string[]) {
  const reason = "this file is not plain UTF-8 text";
  const fix = "save it as UTF-8, or repair it by hand";
  return [
    ...repaired.flatMap(({ path: file, unresolved }) =>
      unresolved.map((each) => ({ file, line: each.line, reason: each.reason, fix: each.fix })),
    ),
    ...unreadable.map((file) => ({ file, line: 1, reason, fix })),
  ];
}

async function templates(
  access: BranchAccess,
  known: Known,
  args: PublishingArgs,
  why: string,
): Promise<Properties> {
  const pinned = await pinCallers(access, known, args);
  if (pinned.kind === "waiting") return waiting(known, pinned.for);
  const { pin } = pinned;
  const { files, newerPins } = await keepNewerPins(access, known, { ...args, files: pinned.files });
  const checks = await checksAfterTemplates(access, known, args, files);
  const locked = await lockAfterTemplates(access, known, args, files);
  return {
    mode: "template",
    why,
    files: await access.stored.keepAll(files),
    ...(pin !== undefined && { pin }),
    ...(newerPins.length > 0 && { newerPins }),
    ...checks,
    ...(await besideTemplates(access, known, args, files)),
    ...(args.lockfile === "onboard" && { lockfile: "onboard" }),
    ...locked,
  };
}

/** Until the shared workflow can be called, files that an earlier update wrote stay as they are. */
function waiting({ files, pin }: Known, waitsFor: string): Properties {
  const waits = { why: sharedIsMissing, waitsFor };
  if (!files || Object.keys(files).length === 0) return { mode: "none", ...waits };
  return { mode: "template", ...waits, files, ...(pin !== undefined && { pin }) };
}

function noWorkflows(known: Known, why: string): Properties {
  return { mode: "none", why, ...(wasRepaired(known) && { wasRepaired: true }) };
}

function wasRepaired({ mode, wasRepaired: before }: Known): boolean {
  return mode === "repair" || before === true;
}

/** What the state keeps of the arguments, whatever is decided. */
function commonOf(args: PublishingArgs): Properties {
  const { owner, repository, branch, delivery, pullRequests, onRemove, image, visibility } = args;
  return {
    owner,
    repository,
    branch,
    delivery,
    ...(pullRequests && { pullRequests: JSON.parse(JSON.stringify(pullRequests)) as Properties }),
    onRemove,
    image,
    ...(args.furtherImages.length > 0 && { furtherImages: [...args.furtherImages] }),
    ...(args.images && { images: [...args.images] }),
    ...(args.addImages.length > 0 && { addImages: [...args.addImages] }),
    ...(visibility && { visibility }),
    ...(args.bootstrap && { bootstrap: true }),
    ...(args.credential === undefined && { jobToken: true }),
  };
}

/** The inputs that a look at the branch depends on. */
function lookInputs(known: Known, args: PublishingArgs): Properties {
  const { secret, replaceSecrets, deadPatFallback } = args;
  const former = formerSecrets(known, args);
  return {
    ...commonOf(args),
    secret,
    replaceSecrets,
    ...(former.length > 0 && { formerSecrets: former }),
    deadPatFallback,
    ...(args.environment !== undefined && { environment: args.environment }),
    reader: repairVersion,
  };
}

function formerSecrets(known: Known, { secret }: PublishingArgs): string[] {
  const all = new Set([...(known.formerSecrets ?? []), known.secret ?? secret]);
  return [...all].filter((name) => name !== secret);
}

function optionsOf(access: BranchAccess, known: Known, args: PublishingArgs) {
  return repairOptions(access, args, { ...args, formerSecrets: formerSecrets(known, args) });
}

/** Whether the last look was for the same settings, and found these files. */
async function isKnown(
  { github }: BranchAccess,
  known: Known,
  now: Properties,
  snapshot: RepositorySnapshot,
): Promise<boolean> {
  const names = [
    "branch",
    "secret",
    "replaceSecrets",
    "deadPatFallback",
    "environment",
    "reader",
    "image",
    "furtherImages",
    "images",
    "addImages",
  ];
  const isSame = (name: string) =>
    JSON.stringify((known as Properties)[name]) === JSON.stringify(now[name]);
  return names.every(isSame) && isUnchanged(github, known, snapshot);
}

function sameNames(known: Known): Properties {
  return pick(known, ["workflows", "unnamed", "foreign", "unlabelled", "undeployed"]);
}

function sameImages({ packages = [] }: Known): Pick<Look, "images"> {
  return { images: packages.map(({ image }) => image) };
}

/** Whether the branch is as it was when it was found right, or as the repair that followed left it. */
export async function isRight(
  { github }: BranchAccess,
  inputs: PublishingInputs,
  snapshot: RepositorySnapshot,
): Promise<boolean> {
  const known = inputs as Known;
  return known.reader === repairVersion && isUnchanged(github, known, snapshot);
}
