import { repositoryHtmlUrl } from "../../serializers/repository.ts";
import { classicRulesFor } from "../../world/repositories/branch-rules.ts";
import { changesOf } from "../../world/objects/compare-trees.ts";
import {
  isFolder,
  parseTag,
  type CommitContent,
  type Signature,
  type TreeEntry,
} from "../../world/objects/git-objects.ts";
import {
  entryAt,
  history,
  readBlob,
  readCommit,
  readTree,
  sizeOf,
} from "../../world/objects/repository-git.ts";
import type { Repository } from "../../world/state/repository.ts";
import { statusCheckRollup } from "./check-fields.ts";
import { accountNode, gitNode, idOf, type GitNode, type RefNode } from "../core/node.ts";
import type { GraphqlContext, Resolvers } from "../core/resolver.ts";
import { selectPulls } from "./select-discussions.ts";

export const refFields: Resolvers<RefNode> = {
  id: (source) => idOf(source),
  name: ({ ref }) => ref.replace(/^refs\/[^/]+\//, ""),
  prefix: ({ ref }) => /^refs\/[^/]+\//.exec(ref)?.[0] ?? "",
  repository: ({ repository }) => ({ type: "Repository", repository }),
  branchProtectionRule: ({ repository, ref }) => {
    const branch = ref.replace("refs/heads/", "");
    const rule = classicRulesFor(repository, branch)[0];
    return rule === undefined ? null : { type: "BranchProtectionRule", repository, rule };
  },
  target: ({ repository, ref }) => gitNode(repository, repository.refs.get(ref)),
  associatedPullRequests: ({ repository, ref }, args) =>
    selectPulls(repository, { ...args, headRefName: ref.replace("refs/heads/", "") }).map(
      (pull) => ({ type: "PullRequest", repository, pull }),
    ),
};

const objectFields: Resolvers<GitNode> = {
  id: (source) => idOf(source),
  oid: ({ oid }) => oid,
  repository: ({ repository }) => ({ type: "Repository", repository }),
};

/** GitHub truncates the text of larger blobs. */
const longestText = 512_000;

export const blobFields: Resolvers<GitNode> = {
  ...objectFields,
  byteSize: ({ repository, oid }) => readBlob(repository, oid).length,
  isBinary: ({ repository, oid }) => isBinary(readBlob(repository, oid)),
  isTruncated: ({ repository, oid }) => readBlob(repository, oid).length > longestText,
  text: ({ repository, oid }) => {
    const bytes = readBlob(repository, oid);
    return isBinary(bytes) ? null : bytes.subarray(0, longestText).toString("utf8");
  },
};

function isBinary(bytes: Buffer): boolean {
  return bytes.subarray(0, 8000).includes(0);
}

export const treeFields: Resolvers<GitNode> = {
  ...objectFields,
  entries: ({ repository, oid }) =>
    readTree(repository, oid).map((entry) => entrySource(repository, entry, entry.name)),
};

export const tagFields: Resolvers<GitNode> = {
  ...objectFields,
  name: (source) => tagOf(source).tag,
  message: (source) => tagOf(source).message,
  tagger: (source, _, context) => gitActor(tagOf(source).tagger, context),
  target: (source) => gitNode(source.repository, tagOf(source).object),
};

function tagOf({ repository, oid }: GitNode) {
  return parseTag(repository.objects.get(oid)?.body ?? new Uint8Array());
}

export const commitFields: Resolvers<GitNode> = {
  ...objectFields,
  url: ({ repository, oid }) => `${repositoryHtmlUrl(repository)}/commit/${oid}`,
  message: (source) => commitOf(source).message,
  messageHeadline: (source) => commitOf(source).message.split("\n")[0],
  messageBody: (source) => commitOf(source).message.split("\n").slice(1).join("\n").trim(),
  author: (source, _, context) => gitActor(commitOf(source).author, context),
  committer: (source, _, context) => gitActor(commitOf(source).committer, context),
  authors: (source, _, context) =>
    authorsOf(commitOf(source)).map((author) => gitActor(author, context)),
  authoredDate: (source) => commitOf(source).author.date,
  committedDate: (source) => commitOf(source).committer.date,
  committedViaWeb: ({ repository, oid }) => repository.signed.has(oid),
  tree: (source) => gitNode(source.repository, commitOf(source).tree),
  parents: (source) => commitOf(source).parents.map((oid) => gitNode(source.repository, oid)),
  history: ({ repository, oid }, args) => {
    const path = args.path as string | undefined;
    const found = history(repository, oid).filter((item) => {
      const { date } = readCommit(repository, item).committer;
      return (
        (args.since == null || date >= args.since) &&
        (args.until == null || date <= args.until) &&
        (path === undefined ||
          changesOf(repository, item).some(
            (change) => change.path === path || change.path.startsWith(`${path}/`),
          ))
      );
    });
    return found.map((item) => gitNode(repository, item));
  },
  file: (source, args) => {
    const path = String(args.path);
    const entry = entryAt(source.repository, commitOf(source).tree, path);
    return entry === undefined ? null : entrySource(source.repository, entry, path);
  },
  statusCheckRollup: (source, _, { world }) => statusCheckRollup(world, source),
  signature: ({ repository, oid }, _, { world }) =>
    repository.signed.has(oid)
      ? webFlowSignature(world.findUser("web-flow"), repository, oid)
      : null,
};

function commitOf({ repository, oid }: GitNode) {
  return readCommit(repository, oid);
}

/**
 * The author, and the people in trailers.
 * https://docs.github.com/en/pull-requests/committing-changes-to-your-project/creating-and-editing-commits/creating-a-commit-with-multiple-authors
 */
function authorsOf({ author, message }: CommitContent): Signature[] {
  const trailers = message.matchAll(/^Co-authored-by: (.+) <(.+)>$/gim);
  const others = [...trailers].map(([, name = "", email = ""]) => ({ ...author, name, email }));
  return [author, ...others];
}

/** The signature that GitHub makes itself; the simulator stores that it exists, not its bytes. */
function webFlowSignature(signer: unknown, repository: Repository, oid: string) {
  return {
    type: "GpgSignature",
    email: "noreply@github.com",
    isValid: true,
    keyId: "B5690EEEBB952194",
    payload: Buffer.from(repository.objects.get(oid)?.body ?? []).toString("utf8"),
    signature: "",
    signer: signer ?? null,
    state: "VALID",
    verifiedAt: readCommit(repository, oid).committer.date,
    wasSignedByGitHub: true,
  };
}

function gitActor(signature: Signature, { world }: GraphqlContext) {
  const user = world.findUserByEmail(signature.email);
  return { ...signature, user: user === undefined ? null : accountNode(user) };
}

function entrySource(repository: Repository, entry: TreeEntry, path: string) {
  return {
    name: entry.name,
    path,
    mode: Number.parseInt(entry.mode, 8),
    oid: entry.oid,
    type: isFolder(entry) ? "tree" : entry.mode === "160000" ? "commit" : "blob",
    object: gitNode(repository, entry.oid),
    repository: { type: "Repository", repository },
    extension: /(\.\w+)$/.exec(entry.name)?.[1] ?? "",
    size: sizeOf(repository, entry),
  };
}
