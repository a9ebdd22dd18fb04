import type { Session } from "../session.ts";
import { actorName } from "../actor.ts";
import { Refusal } from "../refusal.ts";
import { resolveCommit } from "../objects/repository-git.ts";
import type { Release } from "../state/release.ts";
import type { Repository } from "../state/repository.ts";
import { writeRef } from "./write-refs.ts";

export type NewRelease = Pick<
  Release,
  "tag" | "target" | "name" | "body" | "draft" | "prerelease" | "mayBeLatest"
>;

/** https://docs.github.com/en/rest/releases/releases#get-the-latest-release */
export function latestRelease({ releases }: Repository): Release | undefined {
  return releases.findLast(
    ({ draft, prerelease, mayBeLatest }) => !draft && !prerelease && mayBeLatest,
  );
}

/** Creates a release; unless it is a draft, it is published at once, and its tag is created. */
export function createRelease(
  session: Session,
  repository: Repository,
  asked: NewRelease,
): Release {
  const { world, actor } = session;
  const release: Release = {
    ...asked,
    id: world.nextId(),
    author: actorName(actor),
    createdAt: world.now(),
    publishedAt: null,
    assets: [],
  };
  if (!release.draft) createTag(session, repository, release);
  repository.releases.push(release);
  if (!release.draft) {
    world.events.emit("release", { repository, release, action: "created", actor });
    publish(session, repository, release);
  }
  return release;
}

/** Publishes a draft. */
export function publishDraft(session: Session, repository: Repository, release: Release): void {
  createTag(session, repository, release);
  release.draft = false;
  publish(session, repository, release);
}

function createTag(session: Session, repository: Repository, release: Release): void {
  const ref = `refs/tags/${release.tag}`;
  if (repository.refs.has(ref)) return;
  const target = resolveCommit(repository, release.target);
  if (target === undefined) throw new Refusal("invalid", "target_commitish: invalid");
  writeRef(session, repository, ref, target);
}

function publish({ world, actor }: Session, repository: Repository, release: Release): void {
  release.publishedAt = world.now();
  world.events.emit("release", { repository, release, action: "published", actor });
}
