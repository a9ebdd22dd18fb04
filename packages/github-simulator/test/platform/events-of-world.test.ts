import { beforeEach, expect, test } from "vitest";
import type { ActionsEvent } from "../../src/actions/host/actions-event.ts";
import { byHand } from "../../src/by-hand.ts";
import { parseSeed, virtualClock, type ByHand } from "../../src/index.ts";
import { reportToActions } from "../../src/platform/events-of-world.ts";
import { plantSeed } from "../../src/seed/plant-seed.ts";
import { anonymous, type AuthenticatedActor } from "../../src/world/actor.ts";
import { mergePullRequest, openPullRequest } from "../../src/world/discussions/pull-requests.ts";
import { createRelease, publishDraft } from "../../src/world/repositories/releases.ts";
import type { Repository } from "../../src/world/state/repository.ts";
import type { World } from "../../src/world/world.ts";
import { writeRef } from "../../src/world/repositories/write-refs.ts";

const seed = parseSeed({
  organisation: { login: "acme" },
  users: [{ login: "ada", role: "admin" }],
  repositories: [{ name: "api", files: { "a.txt": "a\n" } }],
});
const ada: AuthenticatedActor = {
  kind: "classic",
  login: "ada",
  tokenName: "browser",
  hashedToken: "",
  scopes: ["repo"],
  permissions: {},
  repositories: undefined,
  expiresAt: null,
};

let world: World;
let api: Repository;
let developer: ByHand;
let reported: ActionsEvent[];
beforeEach(() => {
  world = plantSeed(seed, virtualClock(Date.parse("2031-05-06T07:08:09Z")));
  api = world.repository("acme/api");
  developer = byHand(world, "ada");
  reported = [];
  reportToActions({ world, api: "http://api.test", actor: anonymous }, (event) =>
    reported.push(event),
  );
});

const head = (branch = "main") => api.refs.get(`refs/heads/${branch}`)!;
const summary = () => reported.map(({ name, ref, payload }) => [name, ref, payload["action"]]);
const release = (draft: boolean, prerelease = false) =>
  createRelease({ world, actor: ada }, api, {
    tag: "v1",
    target: "main",
    name: "One",
    body: null,
    draft,
    prerelease,
    mayBeLatest: true,
  });

test("a push to a branch contains its commits", () => {
  const before = head();
  const after = developer.editFiles("acme/api", { "a.txt": null, "b.txt": "b\n" });
  expect(reported).toHaveLength(1);
  expect(reported[0]).toMatchObject({
    name: "push",
    owner: "acme",
    repo: "api",
    ref: "refs/heads/main",
    sha: after,
    actor: "ada",
    byJobToken: false,
    payload: {
      before,
      after,
      created: false,
      forced: false,
      commits: [{ id: after, added: ["b.txt"], removed: ["a.txt"], modified: [] }],
      head_commit: { id: after, message: "Edit by hand", author: { username: "ada" } },
      repository: { full_name: "acme/api", default_branch: "main" },
      organization: { login: "acme" },
      sender: { login: "ada" },
      pusher: { name: "ada" },
    },
  });
});

test("a new branch is created and pushed, and its deletion reported to the default branch", () => {
  writeRef({ world, actor: ada }, api, "refs/heads/side", head());
  expect(summary()).toEqual([
    ["create", "refs/heads/side", undefined],
    ["push", "refs/heads/side", undefined],
  ]);
  expect(reported[0]?.payload).toMatchObject({ ref: "side", ref_type: "branch" });
  expect(reported[1]?.payload).toMatchObject({ created: true, commits: [] });
  reported = [];
  writeRef({ world, actor: ada }, api, "refs/heads/side", null);
  expect(summary()).toEqual([["delete", "refs/heads/main", undefined]]);
  expect(reported[0]?.payload).toMatchObject({ ref: "side", ref_type: "branch" });
});

test("a release that creates its tag also pushes it", () => {
  release(false);
  expect(summary()).toEqual([
    ["create", "refs/tags/v1", undefined],
    ["push", "refs/tags/v1", undefined],
    ["release", "refs/tags/v1", "created"],
    ["release", "refs/tags/v1", "published"],
    ["release", "refs/tags/v1", "released"],
  ]);
  expect(reported[3]).toMatchObject({
    sha: head(),
    payload: {
      release: { tag_name: "v1", name: "One", draft: false, target_commitish: "main" },
    },
  });
});

test("a draft causes no events until it is published", () => {
  const draft = release(true, true);
  expect(reported).toEqual([]);
  publishDraft({ world, actor: ada }, api, draft);
  expect(summary().slice(2)).toEqual([
    ["release", "refs/tags/v1", "published"],
    ["release", "refs/tags/v1", "prereleased"],
  ]);
});

test("a pull request's event has the commit of its merge", () => {
  writeRef({ world, actor: ada }, api, "refs/heads/idea", head());
  developer.editFiles("acme/api", { "idea.txt": "!\n" }, { branch: "idea" });
  developer.editFiles("acme/api", { "main.txt": "!\n" });
  reported = [];
  const asked = { title: "Idea", body: null, draft: false, maintainerCanModify: false };
  const pull = openPullRequest({ world, actor: ada }, api, {
    ...asked,
    head: "idea",
    base: "main",
  });
  developer.editFiles("acme/api", { "idea.txt": "?\n" }, { branch: "idea" });
  expect(summary()).toEqual([
    ["pull_request_target", "refs/heads/main", "opened"],
    ["pull_request", "refs/pull/1/merge", "opened"],
    ["push", "refs/heads/idea", undefined],
    ["pull_request_target", "refs/heads/main", "synchronize"],
    ["pull_request", "refs/pull/1/merge", "synchronize"],
  ]);
  expect(reported[3]?.sha).toBe(head());
  const sha = reported[4]!.sha;
  expect(world.readFile(api, sha, "idea.txt")?.toString()).toBe("?\n");
  expect(world.readFile(api, sha, "main.txt")?.toString()).toBe("!\n");
  expect(reported[4]?.payload).toMatchObject({
    number: 1,
    pull_request: {
      title: "Idea",
      head: { ref: "idea", sha: head("idea"), repo: { full_name: "acme/api" } },
      base: { ref: "main", sha: head() },
    },
  });

  reported = [];
  const merged = mergePullRequest({ world, actor: ada }, api, pull, "squash");
  expect(summary()).toEqual([
    ["push", "refs/heads/main", undefined],
    ["pull_request_target", "refs/heads/main", "closed"],
    ["pull_request", "refs/heads/main", "closed"],
  ]);
  expect(reported[2]?.sha).toBe(merged);
});

test("a pull request that conflicts runs nothing of its own", () => {
  writeRef({ world, actor: ada }, api, "refs/heads/idea", head());
  developer.editFiles("acme/api", { "a.txt": "here\n" }, { branch: "idea" });
  developer.editFiles("acme/api", { "a.txt": "there\n" });
  reported = [];
  const asked = { title: "Idea", body: null, draft: false, maintainerCanModify: false };
  openPullRequest({ world, actor: ada }, api, { ...asked, head: "idea", base: "main" });
  expect(summary()).toEqual([["pull_request_target", "refs/heads/main", "opened"]]);
});

test("what a job's token does is marked", () => {
  const job: AuthenticatedActor = { ...ada, kind: "job", repositories: [api.id] };
  writeRef({ world, actor: job }, api, "refs/tags/nightly", head());
  expect(reported.map(({ byJobToken }) => byJobToken)).toEqual([true, true]);
});
