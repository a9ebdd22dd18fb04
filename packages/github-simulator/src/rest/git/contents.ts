import { z } from "zod";
import { openRepository, tokenRefusal } from "../../http/access.ts";
import { ApiError, notFound, orNotFound } from "../../http/api-error.ts";
import { isNewVersion } from "../../http/api-version.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { readBody } from "../../http/read-body.ts";
import { gitCommit } from "../../serializers/commit.ts";
import {
  contentEntry,
  fileContent,
  followSymlink,
  isSymlink,
  submoduleContent,
  symlinkContent,
} from "../../serializers/contents.ts";
import { isFolder, isSubmodule, type TreeEntry } from "../../world/objects/git-objects.ts";
import { decodeBase64 } from "../../world/decode-base64.ts";
import { isMalformedPath } from "../../world/names.ts";
import { Refusal } from "../../world/refusal.ts";
import {
  branchHead,
  entryAt,
  isEmpty,
  readBlob,
  readTree,
  resolveCommit,
  treeOf,
} from "../../world/objects/repository-git.ts";
import type { Repository } from "../../world/state/repository.ts";
import { isWorkflowFile, mayWriteWorkflows } from "../../world/repositories/workflow-files.ts";
import {
  blobChange,
  commitFiles,
  signatureOf,
  webFlow,
  type NewCommit,
} from "../../world/repositories/write-refs.ts";

/** https://docs.github.com/en/rest/repos/contents */
export const contentsRoutes = createRoutes()
  .get("/repos/:owner/:repo/readme", (c) => {
    const repository = openRepository(c, "contents", "read");
    const { ref, tree } = treeAt(c, repository);
    const readme = orNotFound(
      readTree(repository, tree).find(
        (entry) => /^readme(\.\w+)?$/i.test(entry.name) && !isFolder(entry) && !isSubmodule(entry),
      ),
    );
    return answerFile(c, repository, ref, readme.name, readme);
  })
  .get("/repos/:owner/:repo/contents", (c) => answerContents(c, ""))
  .get("/repos/:owner/:repo/contents/:path{.+}", (c) => answerContents(c, c.req.param("path")))
  .put("/repos/:owner/:repo/contents/:path{.+}", async (c) => {
    const path = c.req.param("path");
    const body = await readBody(c, fileToPut, "Content");
    const { repository, existing, branch } = openForWriting(c, path, body.branch);
    if (existing !== undefined && body.sha === undefined) {
      throw new ApiError(422, `Invalid request.\n\n"sha" wasn't supplied.`);
    }
    assertSameBlob(path, existing, body.sha);
    const bytes = decodeBase64(body.content);
    if (bytes === undefined) throw new ApiError(422, "content is not valid Base64");
    const change = blobChange(repository, bytes, existing?.mode);
    const oid = commitFile(c, repository, {
      branch,
      message: body.message,
      changes: new Map([[path, change]]),
      ...authorship(c, body),
      signed: body.author === undefined && body.committer === undefined,
    });
    const entry = { ...change, name: path };
    return c.json(
      {
        content: contentEntry(c.var, repository, branch, path, entry),
        commit: gitCommit(c.var, repository, oid),
      },
      existing === undefined ? 201 : 200,
    );
  })
  .delete("/repos/:owner/:repo/contents/:path{.+}", async (c) => {
    const path = c.req.param("path");
    const body = await readBody(c, fileToDelete, "Content");
    const { repository, existing, branch } = openForWriting(c, path, body.branch);
    if (existing === undefined) throw notFound();
    assertSameBlob(path, existing, body.sha);
    const oid = commitFile(c, repository, {
      branch,
      message: body.message,
      changes: new Map([[path, null]]),
      ...authorship(c, body),
      signed: false,
    });
    return c.json({ content: null, commit: gitCommit(c.var, repository, oid) });
  });

const person = z.object({
  name: z.string(),
  email: z.string(),
  date: z.iso.datetime({ offset: true }).optional(),
});

const fileToPut = z.object({
  message: z.string(),
  content: z.string(),
  sha: z.string().optional(),
  branch: z.string().optional(),
  author: person.optional(),
  committer: person.optional(),
});

const fileToDelete = fileToPut.omit({ content: true }).extend({ sha: z.string() });

function answerContents(c: ApiContext, path: string) {
  const repository = openRepository(c, "contents", "read");
  const { ref, tree } = treeAt(c, repository);
  const found = orNotFound(entryAt(repository, tree, path));
  if (isSubmodule(found)) {
    const url = submoduleUrl(repository, tree, path);
    return c.json(submoduleContent(url, c.var, repository, ref, path, found));
  }
  const target = isSymlink(found) ? followSymlink(repository, tree, path, found) : found;
  if (target === undefined) return c.json(symlinkContent(c.var, repository, ref, path, found));
  return isFolder(target)
    ? answerFolder(c, repository, ref, path, target)
    : answerFile(c, repository, ref, path, target);
}

function answerFile(
  c: ApiContext,
  repository: Repository,
  ref: string,
  path: string,
  entry: TreeEntry,
) {
  const accept = c.req.header("accept") ?? "";
  if (/\.html(\+json)?\b/.test(accept)) {
    throw new ApiError(501, "the simulator does not implement the media type html; ask for raw");
  }
  if (/\.raw(\+json)?\b/.test(accept)) {
    c.header("content-type", "application/vnd.github.raw; charset=utf-8");
    return c.body(new Uint8Array(readBlob(repository, entry.oid)));
  }
  return c.json(fileContent(c.var, repository, ref, path, entry));
}

/** https://docs.github.com/en/rest/repos/contents#get-repository-content */
const mostEntries = 1_000;

function answerFolder(
  c: ApiContext,
  repository: Repository,
  ref: string,
  path: string,
  entry: TreeEntry,
) {
  const children = readTree(repository, entry.oid).slice(0, mostEntries);
  const entries = children.map((child) => {
    const childPath = path === "" ? child.name : `${path}/${child.name}`;
    const entry = contentEntry(c.var, repository, ref, childPath, child);
    // The older version calls a submodule a file, for clients that are older than submodules.
    return isSubmodule(child) && isNewVersion(c) ? { ...entry, type: "submodule" } : entry;
  });
  if (/\.object(\+json)?\b/.test(c.req.header("accept") ?? "")) {
    return c.json({ ...contentEntry(c.var, repository, ref, path, entry), entries });
  }
  return c.json(entries);
}

/** The entry of `.gitmodules` for the submodule at a path. */
function submoduleUrl(repository: Repository, tree: string, path: string): string {
  const modules = entryAt(repository, tree, ".gitmodules");
  const text = modules === undefined ? "" : readBlob(repository, modules.oid).toString("utf8");
  const section = text
    .split(/^\[/m)
    .find((part) =>
      part.split("\n").some((line) => /^\s*path\s*=\s*(.*?)\s*$/.exec(line)?.[1] === path),
    );
  return /^\s*url\s*=\s*(.*?)\s*$/m.exec(section ?? "")?.[1] ?? "";
}

/** The tree that `?ref=` names, and its name in the answer. */
function treeAt(c: ApiContext, repository: Repository): { ref: string; tree: string } {
  if (isEmpty(repository)) throw new ApiError(404, "This repository is empty.");
  const ref = c.req.query("ref") || repository.defaultBranch;
  const commit = resolveCommit(repository, ref);
  if (commit === undefined) throw new ApiError(404, `No commit found for the ref ${ref}`);
  return { ref, tree: treeOf(repository, commit) };
}

function openForWriting(c: ApiContext, path: string, branchName: string | undefined) {
  const repository = openRepository(c, "contents", "write");
  const { actor } = c.var;
  if (isWorkflowFile(path) && !mayWriteWorkflows(actor)) {
    throw actor.kind === "classic" ? notFound() : tokenRefusal(actor);
  }
  if (isMalformedPath(path)) throw new ApiError(422, "path contains a malformed path component");
  const branch = (branchName ?? repository.defaultBranch).replace(/^refs\/heads\//, "");
  const head = branchHead(repository, branch);
  if (head === undefined && !isEmpty(repository)) {
    throw new ApiError(404, `Branch ${branch} not found`);
  }
  const existing =
    head === undefined ? undefined : entryAt(repository, treeOf(repository, head), path);
  if (existing !== undefined && (isFolder(existing) || isSubmodule(existing))) {
    throw new ApiError(422, `path refers to a ${isFolder(existing) ? "directory" : "submodule"}`);
  }
  return { repository, branch, existing };
}

/** The contents API answers 409 if a branch's rules refuse, not 422 like git's own. */
function commitFile(c: ApiContext, repository: Repository, commit: NewCommit): string {
  try {
    return commitFiles(c.var, repository, commit);
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== "rule-violation") throw error;
    throw new ApiError(409, error.message);
  }
}

/** The compare-and-swap of the contents API. */
function assertSameBlob(path: string, existing: TreeEntry | undefined, sha: string | undefined) {
  if (sha !== undefined && sha !== existing?.oid) {
    throw new ApiError(409, `${path} does not match ${sha}`);
  }
}

function authorship(
  c: ApiContext,
  given: Pick<z.output<typeof fileToPut>, "author" | "committer">,
) {
  const { world } = c.var;
  const date = world.now();
  const asked = given.author ?? given.committer;
  const author = asked === undefined ? signatureOf(c.var) : { ...asked, date: asked.date ?? date };
  const committer =
    given.committer === undefined
      ? given.author === undefined
        ? webFlow(world)
        : author
      : { ...given.committer, date: given.committer.date ?? date };
  return { author, committer };
}
