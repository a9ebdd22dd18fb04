import { isMap, unknownValue, type Properties } from "../../protocol/property-values.ts";
import { gitBlobIds, isSameFiles } from "../../../src/github/contents/git-blob-id.ts";
import {
  commitToCome,
  commitsCalled,
  workflowsCalled,
  withCommit,
} from "../../../src/publishing/shared-pins.ts";
import { lookAtBranch, type BranchAccess, type PublishingArgs, type Written } from "./inputs.ts";

type Texts = Readonly<Record<string, string>>;

/** Whole workflows, callers at a commit of the shared workflow, or callers that cannot be written yet. */
export type PinnedFiles =
  | { readonly kind: "pinned"; readonly files: Texts; readonly pin?: string }
  | { readonly kind: "waiting"; readonly for: string };

/**
 * Gives callers the commit of the shared workflow that they call. The one that they have stays, as long as
 * nothing else in them changes, and also a later one that somebody, such as Dependabot, brought to the branch.
 * Both have to be commits of the central branch with a workflow that the fleet wrote. A caller that changes gets
 * the newest, because what it passes may be new in the workflow, too.
 */
export async function pinCallers(
  access: BranchAccess,
  known: Written & { readonly pin?: string | undefined },
  args: PublishingArgs,
): Promise<PinnedFiles> {
  const { shared } = args;
  if (!shared) return { kind: "pinned", files: args.files };
  const { repository: central, commit } = shared;
  const at = (pin: string) =>
    ({ kind: "pinned", files: withCommit(args.files, central, pin), pin }) as const;
  const before = known.pin === undefined ? undefined : at(known.pin);
  const isAsBefore = before && isSameFiles(gitBlobIds(before.files), known.files ?? {});
  const present = isAsBefore ? known.pin : await pinOnBranch(access, args);
  if (present !== undefined && (await mayStay(access, args, present, known.pin))) {
    if (!(await isLeft(access, args, present))) return at(present);
  }
  if (commit !== undefined) return at(commit);
  // Only the pin is wrong, and the newest is not there yet: the former one is right for these files.
  const isFormer = before && present !== undefined && (await mayStay(access, args, before.pin));
  return isFormer ? before : { kind: "waiting", for: shared.waitsFor ?? `a merge in ${central}` };
}

async function mayStay(
  { central }: BranchAccess,
  { shared, files }: PublishingArgs,
  pin: string,
  former?: string,
): Promise<boolean> {
  if (!shared) return false;
  return central.mayPin(shared, workflowsCalled(files, shared.repository), pin, former);
}

/** Whether all callers go to the newest commit, and this one has other workflows. */
async function isLeft(
  { central, repin }: BranchAccess,
  { shared, files }: PublishingArgs,
  pin: string,
): Promise<boolean> {
  if (!repin || !shared?.commit || pin === shared.commit) return false;
  if (shared.commit === commitToCome) return true;
  const called = workflowsCalled(files, shared.repository);
  const [before, now] = await Promise.all(
    [pin, shared.commit].map((commit) => central.filesOf(shared, commit, called)),
  );
  return !isSameFiles(before ?? {}, now ?? {});
}

/** The commit that the callers on the branch pin, where they are right otherwise. */
async function pinOnBranch(
  access: BranchAccess,
  args: PublishingArgs,
): Promise<string | undefined> {
  const { shared, files } = args;
  if (!shared) return undefined;
  const snapshot = await lookAtBranch(access, args);
  const paths = Object.keys(files);
  if (!snapshot?.head || !paths.every((path) => snapshot.workflows.has(path))) return undefined;
  const { texts } = await access.texts.get(snapshot, "guess");
  const present = Object.fromEntries(paths.map((path) => [path, texts[path] ?? ""]));
  const [pin, ...others] = commitsCalled(present, shared.repository);
  if (pin === undefined || others.length > 0) return undefined;
  const wanted = gitBlobIds(withCommit(files, shared.repository, pin));
  return isSameFiles(wanted, gitBlobIds(present)) ? pin : undefined;
}

/** In a preview, the commit that the update makes in the central repository is not known. */
export function withCommitToCome(inputs: Properties): Properties {
  const { shared } = inputs;
  if (!isMap(shared)) return inputs;
  const { commit, ...others } = shared;
  const isToCome = commit === unknownValue;
  const known = Object.entries(others).filter(([, value]) => value !== unknownValue);
  const filled = isToCome ? commitToCome : commit;
  return {
    ...inputs,
    shared: { ...Object.fromEntries(known), ...(filled !== undefined && { commit: filled }) },
  };
}
