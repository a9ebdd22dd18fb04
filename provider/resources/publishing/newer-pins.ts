import { gitBlobIds, isSameFiles } from "../../../src/github/contents/git-blob-id.ts";
import {
  newerPins,
  parsePin,
  pinText,
  withPins,
  type VersionedPin,
} from "../../../src/publishing/newer-pins.ts";
import {
  lookAtBranch,
  type Blobs,
  type BranchAccess,
  type PublishingArgs,
  type Seen,
  type Written,
} from "./inputs.ts";
import { workflowIds } from "./workflow-ids.ts";

/**
 * The templates with the later versions of their actions that somebody, such as Dependabot, brought to the
 * branch: these stay, as long as they are what the action's own repository released.
 */
export async function keepNewerPins(
  access: BranchAccess,
  known: KnownPins,
  args: Pick<PublishingArgs, "owner" | "repository" | "branch" | "files" | "newerPins">,
): Promise<{ files: Readonly<Record<string, string>>; newerPins: string[] }> {
  const { files } = args;
  if (args.newerPins === "revert") return { files, newerPins: [] };
  const before = used(files, (known.newerPins ?? []).flatMap(parsePin));
  const asBefore = { files: withPins(files, before), newerPins: before.map(pinText) };
  // What is right already is not read.
  if (isSameFiles(gitBlobIds(asBefore.files), known.files ?? {})) return asBefore;
  const snapshot = await lookAtBranch(access, args);
  const present = snapshot?.head ? workflowIds(snapshot) : {};
  const wanted = gitBlobIds(asBefore.files);
  const differs = Object.keys(files).some(
    (path) =>
      present[path] !== undefined &&
      present[path] !== wanted[path] &&
      mayBeNewer(known, present, path),
  );
  if (!snapshot || !differs) return asBefore;
  // As a rule, a new template is one for the whole fleet.
  const { texts } = await access.texts.get(snapshot, "fleet");
  const found = newerPins(asBefore.files, texts);
  const released = used(files, [...before, ...(await access.released.among(found))]);
  return { files: withPins(files, released), newerPins: released.map(pinText) };
}

type KnownPins = Written &
  Seen & {
    readonly newerPins?: readonly string[] | undefined;
    readonly imported?: boolean;
  };

/** Whether somebody may have brought other pins since the last look: not where that look's file is still there. */
function mayBeNewer(known: KnownPins, present: Blobs, path: string): boolean {
  const isOthers = known.edited === true || known.imported === true;
  return isOthers || present[path] !== known.files?.[path];
}

/** The last pin of each action, and only where it is later than that of today's templates. */
function used(
  files: Readonly<Record<string, string>>,
  pins: readonly VersionedPin[],
): VersionedPin[] {
  const byAction = new Map(pins.map((pin) => [pin.action, pin]));
  const texts = Object.values(withPins(files, pins)).join("\n");
  return [...byAction.values()].filter((pin) => texts.includes(pinText(pin)));
}
