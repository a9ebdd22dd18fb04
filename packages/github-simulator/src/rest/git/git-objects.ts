import { z } from "zod";
import { openRepository } from "../../http/access.ts";
import { ApiError, notFound, validationFailed, orNotFound } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { readBody } from "../../http/read-body.ts";
import { gitCommit } from "../../serializers/commit.ts";
import { wrapBase64 } from "../../serializers/contents.ts";
import { nodeId } from "../../serializers/node-id.ts";
import { repositoryUrl } from "../../serializers/repository.ts";
import {
  encodeCommit,
  encodeTag,
  isSubmodule,
  parseTag,
  type TreeEntry,
} from "../../world/objects/git-objects.ts";
import {
  changeTree,
  isEmpty,
  putObject,
  readBlob,
  readTree,
  resolveCommit,
  resolveRevision,
  sizeOf,
  walkTree,
  treeOf,
} from "../../world/objects/repository-git.ts";
import type { Repository } from "../../world/state/repository.ts";
import { decodeBase64 } from "../../world/decode-base64.ts";
import { isMalformedPath, isRefName } from "../../world/names.ts";
import { blobChange, signatureOf } from "../../world/repositories/write-refs.ts";

/** https://docs.github.com/en/rest/git: blobs, trees, commits and annotated tags */
export const gitObjectRoutes = createRoutes()
  .post("/repos/:owner/:repo/git/blobs", async (c) => {
    const repository = openGit(c, "write");
    const { content, encoding } = await readBody(c, newBlob, "Blob");
    const bytes = encoding === "base64" ? decodeBase64(content) : Buffer.from(content, encoding);
    if (bytes === undefined) throw new ApiError(422, "content is not valid Base64");
    const { oid } = blobChange(repository, bytes);
    return c.json({ url: `${repositoryUrl(c.var, repository)}/git/blobs/${oid}`, sha: oid }, 201);
  })
  .get("/repos/:owner/:repo/git/blobs/:sha", (c) => {
    const repository = openGit(c, "read");
    const oid = objectOf(c, repository, "blob");
    const bytes = readBlob(repository, oid);
    if (/\.raw(\+json)?\b/.test(c.req.header("accept") ?? "")) {
      c.header("content-type", "application/vnd.github.raw; charset=utf-8");
      return c.body(new Uint8Array(bytes));
    }
    return c.json({
      sha: oid,
      node_id: nodeId("Blob", repository.id, oid),
      size: bytes.length,
      url: `${repositoryUrl(c.var, repository)}/git/blobs/${oid}`,
      content: wrapBase64(bytes),
      encoding: "base64",
    });
  })
  .post("/repos/:owner/:repo/git/trees", async (c) => {
    const repository = openGit(c, "write");
    const given = await readBody(c, newTree, "Tree");
    if (given.base_tree !== undefined && resolveTree(repository, given.base_tree) === undefined) {
      throw new ApiError(422, "base_tree is not a valid tree oid");
    }
    const base =
      given.base_tree === undefined ? undefined : resolveTree(repository, given.base_tree);
    const changes = new Map(
      given.tree.map((item) => [item.path, treeChange(repository, item)] as const),
    );
    const oid = changeTree(repository, base, changes);
    return c.json(treeShape(c, repository, oid, false), 201);
  })
  .get("/repos/:owner/:repo/git/trees/:sha{.+}", (c) => {
    const repository = openGit(c, "read");
    const oid = orNotFound(resolveTree(repository, c.req.param("sha")));
    return c.json(treeShape(c, repository, oid, c.req.query("recursive") !== undefined));
  })
  .post("/repos/:owner/:repo/git/commits", async (c) => {
    const repository = openGit(c, "write");
    const given = await readBody(c, newCommit, "Commit");
    if (repository.objects.get(given.tree)?.type !== "tree") {
      throw new ApiError(422, "Tree SHA does not exist");
    }
    if (given.parents.some((parent) => repository.objects.get(parent)?.type !== "commit")) {
      throw new ApiError(422, "Parent SHA does not exist or is not a commit object");
    }
    const self = signatureOf(c.var);
    const author = { ...self, ...defined(given.author) };
    const oid = putObject(
      repository,
      encodeCommit({
        tree: given.tree,
        parents: given.parents,
        author,
        committer: { ...author, ...defined(given.committer) },
        message: given.message,
      }),
    );
    return c.json(gitCommit(c.var, repository, oid), 201);
  })
  .get("/repos/:owner/:repo/git/commits/:sha", (c) => {
    const repository = openGit(c, "read");
    return c.json(gitCommit(c.var, repository, objectOf(c, repository, "commit")));
  })
  .post("/repos/:owner/:repo/git/tags", async (c) => {
    const repository = openGit(c, "write");
    const given = await readBody(c, newTag, "Tag");
    if (repository.objects.get(given.object)?.type !== given.type) {
      throw validationFailed({ resource: "Tag", field: "object", code: "invalid" });
    }
    const tagger = { ...signatureOf(c.var), ...defined(given.tagger) };
    const oid = putObject(repository, encodeTag({ ...given, tagger }));
    return c.json(tagShape(c, repository, oid), 201);
  })
  .get("/repos/:owner/:repo/git/tags/:sha", (c) => {
    const repository = openGit(c, "read");
    return c.json(tagShape(c, repository, objectOf(c, repository, "tag")));
  });

const newBlob = z.object({
  content: z.string(),
  encoding: z.enum(["utf-8", "base64"]).default("utf-8"),
});
const treeItem = z.object({
  path: z.string().min(1),
  mode: z.enum(["100644", "100755", "040000", "160000", "120000"]),
  type: z.enum(["blob", "tree", "commit"]).optional(),
  sha: z.string().nullish(),
  content: z.string().optional(),
});
const newTree = z.object({ tree: z.array(treeItem), base_tree: z.string().optional() });
const person = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
  date: z.iso.datetime({ offset: true }).optional(),
});
const newCommit = z.object({
  message: z.string(),
  tree: z.string(),
  parents: z.array(z.string()).default([]),
  author: person.optional(),
  committer: person.optional(),
});
const newTag = z.object({
  tag: z.string().refine((name) => isRefName(`refs/tags/${name}`)),
  message: z.string(),
  object: z.string(),
  type: z.enum(["commit", "tree", "blob"]),
  tagger: person.optional(),
});

/** The repository, if it contains at least one object. */
export function openGit(c: ApiContext, level: "read" | "write"): Repository {
  const repository = openRepository(c, "contents", level);
  if (isEmpty(repository)) throw new ApiError(409, "Git Repository is empty.");
  return repository;
}

function defined(given: z.output<typeof person> | undefined): {
  name?: string;
  email?: string;
  date?: string;
} {
  return Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== undefined));
}

function objectOf(c: ApiContext, repository: Repository, type: "blob" | "commit" | "tag"): string {
  const oid = c.req.param("sha") ?? "";
  if (repository.objects.get(oid)?.type !== type) throw notFound();
  return oid;
}

/** A tree by its id, or the tree of a commit, branch or tag. */
function resolveTree(repository: Repository, revision: string): string | undefined {
  if (repository.objects.get(revision)?.type === "tree") return revision;
  const commit = resolveCommit(repository, revision);
  if (commit !== undefined) return treeOf(repository, commit);
  const oid = resolveRevision(repository, revision);
  return oid !== undefined && repository.objects.get(oid)?.type === "tree" ? oid : undefined;
}

function treeChange(repository: Repository, item: z.output<typeof treeItem>) {
  if (isMalformedPath(item.path)) {
    throw new ApiError(422, "tree.path contains a malformed path component");
  }
  if ((item.sha === undefined) === (item.content === undefined)) {
    throw new ApiError(422, "Must supply either tree.sha or tree.content");
  }
  if (item.content !== undefined) {
    if (typeOf(item) !== "blob") throw new ApiError(422, "tree.content needs the mode of a file");
    return blobChange(repository, Buffer.from(item.content), item.mode);
  }
  if (item.sha == null) return null;
  const type = typeOf(item);
  const isKnown = type === "commit" || repository.objects.get(item.sha)?.type === type;
  if (!isKnown || !/^[0-9a-f]{40}$/.test(item.sha)) {
    throw new ApiError(422, `tree.sha ${item.sha} is not a valid ${type}`);
  }
  return { mode: item.mode, oid: item.sha };
}

function typeOf(entry: { mode: string }): "blob" | "tree" | "commit" {
  return entry.mode === "040000" ? "tree" : entry.mode === "160000" ? "commit" : "blob";
}

function treeShape(c: ApiContext, repository: Repository, oid: string, recursive: boolean) {
  const self = repositoryUrl(c.var, repository);
  const entries: (TreeEntry & { path: string })[] = recursive
    ? walkTree(repository, oid, { folders: true })
    : readTree(repository, oid).map((entry) => ({ ...entry, path: entry.name }));
  return {
    sha: oid,
    url: `${self}/git/trees/${oid}`,
    tree: entries.map((entry) => ({
      path: entry.path,
      mode: entry.mode,
      type: typeOf(entry),
      sha: entry.oid,
      ...(typeOf(entry) === "blob" && { size: sizeOf(repository, entry) }),
      ...(isSubmodule(entry) ? {} : { url: `${self}/git/${typeOf(entry)}s/${entry.oid}` }),
    })),
    truncated: false,
  };
}

function tagShape(c: ApiContext, repository: Repository, oid: string) {
  const tag = parseTag(repository.objects.get(oid)?.body ?? new Uint8Array());
  const self = `${repositoryUrl(c.var, repository)}/git`;
  return {
    node_id: nodeId("Tag", repository.id, oid),
    tag: tag.tag,
    sha: oid,
    url: `${self}/tags/${oid}`,
    message: tag.message,
    tagger: tag.tagger,
    object: { sha: tag.object, type: tag.type, url: `${self}/${tag.type}s/${tag.object}` },
    verification: {
      verified: false,
      reason: "unsigned",
      signature: null,
      payload: null,
      verified_at: null,
    },
  };
}
