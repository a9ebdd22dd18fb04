import type { Json } from "../actions/language/expression.ts";
import { repositoryHtmlUrl } from "../serializers/repository.ts";
import { actorName } from "../world/actor.ts";
import { changesOf } from "../world/objects/compare-trees.ts";
import type { WorldEvents } from "../world/events.ts";
import type { Signature } from "../world/objects/git-objects.ts";
import { branchHead, history, noObject, readCommit } from "../world/objects/repository-git.ts";
import type { Repository } from "../world/state/repository.ts";
import type { World } from "../world/world.ts";
import type { Payload } from "./webhook-payloads.ts";

/** The maximum number of listed commits: https://docs.github.com/en/webhooks/webhook-events-and-payloads#push */
const longestList = 2048;

/** @param sha the commit of the ref now, directly or through an annotated tag; nothing if the ref was deleted */
export function pushPayload(
  world: World,
  { repository, ref, before, after, actor }: WorldEvents["push"],
  sha: string | undefined,
): Payload {
  const login = actorName(actor);
  const html = repositoryHtmlUrl(repository);
  const created = before === noObject;
  return {
    ref,
    before,
    after,
    created,
    deleted: sha === undefined,
    forced: !created && sha !== undefined && !history(repository, sha).includes(before),
    base_ref: null,
    compare: `${html}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits:
      sha === undefined
        ? []
        : newCommits(repository, ref, before, sha).map((oid) =>
            commitPayload(world, repository, oid),
          ),
    head_commit: sha === undefined ? null : commitPayload(world, repository, sha),
    pusher: { name: login, email: world.findUser(login)?.email ?? null },
  };
}

/** The new commits of the push, oldest first; none for a tag. */
function newCommits(repository: Repository, ref: string, before: string, sha: string): string[] {
  if (!ref.startsWith("refs/heads/")) return [];
  const isDefault = ref === `refs/heads/${repository.defaultBranch}`;
  const base =
    before !== noObject
      ? before
      : isDefault
        ? undefined
        : branchHead(repository, repository.defaultBranch);
  const known = new Set(base === undefined ? [] : history(repository, base));
  return history(repository, sha)
    .filter((oid) => !known.has(oid))
    .slice(0, longestList)
    .reverse();
}

function commitPayload(world: World, repository: Repository, oid: string): Record<string, Json> {
  const { tree, message, author, committer } = readCommit(repository, oid);
  const changes = changesOf(repository, oid);
  const pathsThat = (status: string) =>
    changes.filter((change) => change.status === status).map(({ path }) => path);
  return {
    id: oid,
    tree_id: tree,
    distinct: true,
    message,
    timestamp: committer.date,
    url: `${repositoryHtmlUrl(repository)}/commit/${oid}`,
    author: person(world, author),
    committer: person(world, committer),
    added: pathsThat("added"),
    removed: pathsThat("removed"),
    modified: pathsThat("modified"),
  };
}

function person(world: World, { name, email, date }: Signature): Record<string, Json> {
  const user = world.findUserByEmail(email);
  return { name, email, date, ...(user && { username: user.login }) };
}
