import { explaining } from "../../../src/github/client/explain-failure.ts";
import { isSameFiles } from "../../../src/github/contents/git-blob-id.ts";
import { readTagSeries, tagCommit } from "../../../src/github/repositories/tag-commit.ts";
import type { SharedVersion } from "../../../src/properties/shared-workflow.ts";
import { tagPrefix } from "../../../src/publishing/shared-pins.ts";
import {
  unknownValue,
  type Properties,
  type PropertyValue,
} from "../../protocol/property-values.ts";
import { filesId, type Blobs, type BranchAccess } from "../publishing/inputs.ts";

interface Place {
  readonly owner: string;
  readonly repository: string;
  readonly branch: string;
  readonly ref: "commit" | "tag";
}

export function versionsOf(state: Properties): readonly SharedVersion[] {
  return (state["versions"] ?? []) as unknown as readonly SharedVersion[];
}

/** Makes this version the newest one, also where it is known already: the same files may be written again. */
export function withVersion(
  versions: readonly SharedVersion[],
  files: Blobs,
  { commit, tag }: { readonly commit: PropertyValue; readonly tag?: PropertyValue | undefined },
): SharedVersion[] {
  const own = versions.find((version) => version.commit === commit);
  const name = typeof tag === "string" ? tag : own?.tag;
  return [
    // Callers may still pin an earlier commit with the same files.
    ...versions.filter(
      (version) =>
        version !== own && (version.commit !== undefined || !isSameFiles(version.files, files)),
    ),
    {
      ...(typeof commit === "string" && { commit }),
      ...(name !== undefined && { tag: name }),
      files,
    },
  ];
}

/**
 * Where callers name tags, the one that names the commit: it is made, or repaired. That of the state is right, because
 * a refresh takes a wrong one out ({@link refreshVersions}).
 */
export async function tagOf(
  { github }: BranchAccess,
  inputs: Place,
  commit: PropertyValue | undefined,
  state: Properties,
  preview: boolean,
): Promise<PropertyValue | undefined> {
  if (inputs.ref !== "tag" || commit === undefined) return undefined;
  if (commit === state["commit"] && state["tag"] !== undefined) return state["tag"];
  const former = versionsOf(state).find((version) => version.commit === commit)?.tag;
  if (preview || typeof commit !== "string") return former ?? unknownValue;
  return explaining(`tag the shared workflow of ${filesId(inputs)}`, () =>
    tagCommit(github, inputs, tagPrefix, commit, former),
  );
}

/**
 * What the branch still has of the versions, and which of their tags name them. The present version keeps a wrong
 * tag, which the next update repairs.
 *
 * @returns also the present version's tag, where it is right
 */
export async function refreshVersions(
  { github, central }: BranchAccess,
  inputs: Place,
  state: Properties,
  head: string | undefined,
): Promise<{ versions: SharedVersion[]; tag: string | undefined }> {
  const { branch, ref } = inputs;
  const tags =
    ref === "tag"
      ? await explaining(`read the tags of ${filesId(inputs)}`, () =>
          readTagSeries(github, inputs, tagPrefix),
        )
      : undefined;
  const rightTag = ({ tag, commit }: SharedVersion) =>
    tag !== undefined && (!tags || tags.get(tag) === commit) ? tag : undefined;
  const own = versionsOf(state).find(({ commit }) => commit === state["commit"]);
  const at = { repository: filesId(inputs), branch };
  const versions = versionsOf(state).map(async (version): Promise<SharedVersion> => {
    const { commit, files } = version;
    if (commit === undefined) return { files };
    const isThere = commit === head || (await central.isInHistory(at, commit));
    if (!isThere) return { files };
    const tag = version === own ? version.tag : rightTag(version);
    return { commit, ...(tag !== undefined && { tag }), files };
  });
  return { versions: await Promise.all(versions), tag: own && rightTag(own) };
}
