import type { View } from "./view.ts";
import { posix } from "node:path";
import { isFolder, isSubmodule, type TreeEntry } from "../world/objects/git-objects.ts";
import { entryAt, readBlob, sizeOf } from "../world/objects/repository-git.ts";
import type { Repository } from "../world/state/repository.ts";
import { repositoryHtmlUrl, repositoryUrl } from "./repository.ts";

/** The fields of GitHub's contents API for a file or a folder, without the contents. */
export function contentEntry(
  view: View,
  repository: Repository,
  ref: string,
  path: string,
  entry: TreeEntry,
) {
  const self = repositoryUrl(view, repository);
  const html = repositoryHtmlUrl(repository);
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  const folder = isFolder(entry);
  const url = `${self}/contents/${encoded}?ref=${encodeURIComponent(ref)}`;
  const gitUrl = `${self}/git/${folder ? "trees" : "blobs"}/${entry.oid}`;
  const htmlUrl = `${html}/${folder ? "tree" : "blob"}/${ref}/${encoded}`;
  return {
    name: path.split("/").at(-1) ?? "",
    path,
    sha: entry.oid,
    size: sizeOf(repository, entry),
    url,
    html_url: htmlUrl,
    git_url: gitUrl,
    download_url:
      folder || isSubmodule(entry)
        ? null
        : `https://raw.githubusercontent.com/${repository.owner}/${repository.name}/${ref}/${encoded}`,
    type: folder ? "dir" : isSymlink(entry) ? "symlink" : "file",
    _links: { self: url, git: gitUrl, html: htmlUrl },
  };
}

/** Contents of larger files are not inlined: https://docs.github.com/en/rest/repos/contents */
const largestInline = 1024 * 1024;

export function isSymlink({ mode }: TreeEntry): boolean {
  return mode === "120000";
}

/** The target of a symbolic link inside the repository; undefined if it is not one of its files. */
export function followSymlink(
  repository: Repository,
  tree: string,
  path: string,
  link: TreeEntry,
): TreeEntry | undefined {
  const target = readBlob(repository, link.oid).toString("utf8");
  if (posix.isAbsolute(target)) return undefined;
  const found = entryAt(repository, tree, posix.join(posix.dirname(path), target));
  return found === undefined || isFolder(found) || isSymlink(found) ? undefined : found;
}

/** A link without a target in the repository, which is described itself. */
export function symlinkContent(...[view, repository, ref, path, entry]: EntryOf) {
  const target = readBlob(repository, entry.oid).toString("utf8");
  return {
    ...contentEntry(view, repository, ref, path, entry),
    type: "symlink",
    target,
  };
}

export function submoduleContent(url: string, ...[view, repository, ref, path, entry]: EntryOf) {
  const facts = contentEntry(view, repository, ref, path, entry);
  return { ...facts, type: "submodule", submodule_git_url: url };
}

type EntryOf = Parameters<typeof contentEntry>;

/** The same with the contents, for a single file. */
export function fileContent(...[view, repository, ref, path, entry]: EntryOf) {
  const { _links, ...facts } = contentEntry(view, repository, ref, path, entry);
  const bytes = readBlob(repository, entry.oid);
  const inline = bytes.length <= largestInline;
  return {
    ...facts,
    content: inline ? wrapBase64(bytes) : "",
    encoding: inline ? "base64" : "none",
    _links,
  };
}

/** Base64 in lines of 60 characters, each with a line feed, as GitHub sends it. */
export function wrapBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString("base64")
    .replace(/.{1,60}/g, "$&\n");
}
