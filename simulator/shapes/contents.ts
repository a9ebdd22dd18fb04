import { isFolder, type TreeEntry } from "../world/git-objects.ts";
import { readBlob } from "../world/repository-git.ts";
import type { Repository } from "../world/state.ts";
import { repositoryHtmlUrl, repositoryUrl } from "./repository.ts";

/** What GitHub's contents API says of a file or a folder, without the contents. */
export function contentEntry(
  api: string,
  repository: Repository,
  ref: string,
  path: string,
  entry: TreeEntry,
) {
  const self = repositoryUrl(api, repository);
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
    size: folder ? 0 : readBlob(repository, entry.oid).length,
    url,
    html_url: htmlUrl,
    git_url: gitUrl,
    download_url: folder
      ? null
      : `https://raw.githubusercontent.com/${repository.owner}/${repository.name}/${ref}/${encoded}`,
    type: folder ? "dir" : entry.mode === "120000" ? "symlink" : "file",
    _links: { self: url, git: gitUrl, html: htmlUrl },
  };
}

/** Above this a file's contents are not inlined: https://docs.github.com/en/rest/repos/contents */
const largestInline = 1024 * 1024;

/** The same with the contents, as one file is answered. */
export function fileContent(
  api: string,
  repository: Repository,
  ref: string,
  path: string,
  entry: TreeEntry,
) {
  const { _links, ...facts } = contentEntry(api, repository, ref, path, entry);
  const bytes = readBlob(repository, entry.oid);
  const inline = bytes.length <= largestInline;
  return {
    ...facts,
    content: inline ? wrapBase64(bytes) : "",
    encoding: inline ? "base64" : "none",
    _links,
  };
}

/** Base64 in lines of 60, each ended, as GitHub sends it. */
export function wrapBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString("base64")
    .replace(/.{1,60}/g, "$&\n");
}
