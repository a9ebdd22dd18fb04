import { createHash } from "node:crypto";
import type { GitObject } from "../state/repository.ts";

/** `040000` folder, `100644` file, `100755` executable, `120000` symbolic link, `160000` submodule. */
export interface TreeEntry {
  mode: string;
  name: string;
  oid: string;
}

export interface Signature {
  name: string;
  email: string;
  /** ISO 8601; stored in whole seconds. */
  date: string;
}

export interface CommitContent {
  tree: string;
  parents: string[];
  author: Signature;
  committer: Signature;
  message: string;
}

export interface TagContent {
  object: string;
  type: GitObject["type"];
  tag: string;
  tagger: Signature;
  message: string;
}

export function objectId({ type, body }: GitObject): string {
  return createHash("sha1").update(`${type} ${body.length}\0`).update(body).digest("hex");
}

/** Sorts like git: a folder's name counts as if it ended with a slash. */
export function encodeTree(entries: TreeEntry[]): GitObject {
  const sortKey = (entry: TreeEntry) =>
    Buffer.from(isFolder(entry) ? `${entry.name}/` : entry.name, "utf8");
  const sorted = [...entries].sort((a, b) => Buffer.compare(sortKey(a), sortKey(b)));
  const parts = sorted.map(({ mode, name, oid }) =>
    Buffer.concat([Buffer.from(`${mode.replace(/^0/, "")} ${name}\0`), Buffer.from(oid, "hex")]),
  );
  return { type: "tree", body: Buffer.concat(parts) };
}

export function parseTree(body: Uint8Array): TreeEntry[] {
  const bytes = Buffer.from(body);
  const entries: TreeEntry[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(0, at);
    const header = bytes.toString("utf8", at, end);
    const space = header.indexOf(" ");
    entries.push({
      mode: header.slice(0, space).padStart(6, "0"),
      name: header.slice(space + 1),
      oid: bytes.toString("hex", end + 1, end + 21),
    });
    at = end + 21;
  }
  return entries;
}

export function isFolder(entry: TreeEntry): boolean {
  return entry.mode === "040000";
}

/** A submodule names a commit of another repository, which is not in this one. */
export function isSubmodule(entry: TreeEntry): boolean {
  return entry.mode === "160000";
}

export function encodeCommit(commit: CommitContent): GitObject {
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${encodeSignature(commit.author)}`,
    `committer ${encodeSignature(commit.committer)}`,
    "",
    commit.message,
  ];
  return { type: "commit", body: Buffer.from(lines.join("\n")) };
}

export function parseCommit(body: Uint8Array): CommitContent {
  const { headers, message } = splitHeaders(body);
  const values = (name: string) =>
    headers.filter(([key]) => key === name).map(([, value]) => value);
  return {
    tree: values("tree")[0] ?? "",
    parents: values("parent"),
    author: parseSignature(values("author")[0] ?? ""),
    committer: parseSignature(values("committer")[0] ?? ""),
    // `git commit` ends a message with a line feed, and GitHub shows messages without it.
    message: message.replace(/\n+$/, ""),
  };
}

export function encodeTag(tag: TagContent): GitObject {
  const lines = [
    `object ${tag.object}`,
    `type ${tag.type}`,
    `tag ${tag.tag}`,
    `tagger ${encodeSignature(tag.tagger)}`,
    "",
    tag.message,
  ];
  return { type: "tag", body: Buffer.from(lines.join("\n")) };
}

export function parseTag(body: Uint8Array): TagContent {
  const { headers, message } = splitHeaders(body);
  const value = (name: string) => headers.find(([key]) => key === name)?.[1] ?? "";
  return {
    object: value("object"),
    type: value("type") as GitObject["type"],
    tag: value("tag"),
    tagger: parseSignature(value("tagger")),
    message,
  };
}

function splitHeaders(body: Uint8Array): { headers: [string, string][]; message: string } {
  const text = Buffer.from(body).toString("utf8");
  const blank = text.indexOf("\n\n");
  const headers = text
    .slice(0, blank)
    .split("\n")
    .map((line): [string, string] => {
      const space = line.indexOf(" ");
      return [line.slice(0, space), line.slice(space + 1)];
    });
  return { headers, message: text.slice(blank + 2) };
}

/** Removes characters that would end the line or the address, like git. */
function encodeSignature({ name, email, date }: Signature): string {
  const [who, where] = [name, email].map((text) => text.replace(/[<>\n\0]/g, "").trim());
  return `${who} <${where}> ${Math.floor(Date.parse(date) / 1000)} +0000`;
}

function parseSignature(text: string): Signature {
  const match = /^(.*) <(.*)> (\d+) [+-]\d{4}$/.exec(text);
  return {
    name: match?.[1] ?? "",
    email: match?.[2] ?? "",
    date: `${new Date(Number(match?.[3] ?? 0) * 1000).toISOString().slice(0, 19)}Z`,
  };
}
