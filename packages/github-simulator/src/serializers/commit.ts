import type { View } from "./view.ts";
import type { Signature } from "../world/objects/git-objects.ts";
import { readCommit } from "../world/objects/repository-git.ts";
import type { Repository } from "../world/state/repository.ts";
import { simpleUser } from "./account.ts";
import { nodeId } from "./node-id.ts";
import { repositoryHtmlUrl, repositoryUrl } from "./repository.ts";

function verification(repository: Repository, oid: string) {
  const verified = repository.signed.has(oid);
  return {
    verified,
    reason: verified ? "valid" : "unsigned",
    signature: null,
    payload: verified
      ? Buffer.from(repository.objects.get(oid)?.body ?? []).toString("utf8")
      : null,
    verified_at: verified ? readCommit(repository, oid).committer.date : null,
  };
}

/** GitHub's `git-commit`: the object itself. */
export function gitCommit(view: View, repository: Repository, oid: string) {
  const commit = readCommit(repository, oid);
  const self = repositoryUrl(view, repository);
  const html = repositoryHtmlUrl(repository);
  return {
    sha: oid,
    node_id: nodeId("Commit", repository.id, oid),
    url: `${self}/git/commits/${oid}`,
    html_url: `${html}/commit/${oid}`,
    author: signature(commit.author),
    committer: signature(commit.committer),
    message: commit.message,
    tree: { sha: commit.tree, url: `${self}/git/trees/${commit.tree}` },
    parents: commit.parents.map((parent) => ({
      sha: parent,
      url: `${self}/git/commits/${parent}`,
      html_url: `${html}/commit/${parent}`,
    })),
    verification: verification(repository, oid),
  };
}

/** GitHub's `commit`: the object and its accounts. */
export function commitShape(view: View, repository: Repository, oid: string) {
  const commit = readCommit(repository, oid);
  const self = repositoryUrl(view, repository);
  const html = repositoryHtmlUrl(repository);
  return {
    sha: oid,
    node_id: nodeId("Commit", repository.id, oid),
    commit: {
      author: signature(commit.author),
      committer: signature(commit.committer),
      message: commit.message,
      tree: { sha: commit.tree, url: `${self}/git/trees/${commit.tree}` },
      url: `${self}/git/commits/${oid}`,
      comment_count: 0,
      verification: verification(repository, oid),
    },
    url: `${self}/commits/${oid}`,
    html_url: `${html}/commit/${oid}`,
    comments_url: `${self}/commits/${oid}/comments`,
    author: userBehind(view, commit.author),
    committer: userBehind(view, commit.committer),
    parents: commit.parents.map((parent) => ({
      sha: parent,
      url: `${self}/commits/${parent}`,
      html_url: `${html}/commit/${parent}`,
    })),
  };
}

function signature({ name, email, date }: Signature) {
  return { name, email, date };
}

/** The account with the email address of a commit, if there is one. */
function userBehind(view: View, { email }: Signature) {
  const user = view.world.findUserByEmail(email);
  return user === undefined ? null : simpleUser(view, user);
}
