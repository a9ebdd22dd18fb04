import { beforeEach, describe, expect, test } from "vitest";
import { omit } from "../../../provider/protocol/property-values.ts";
import { gitBlobId } from "../../../src/github/contents/git-blob-id.ts";
import type { Kept } from "../run-resource.ts";
import { startProvider, type Provider } from "../start-provider.ts";
import { ci, runRefresh, runUp } from "./run-workflows.ts";

let at: Provider;
beforeEach(async () => void (at = await startProvider("admin")));

const release = ".github/workflows/release.yml";

/** One run of the engine that wants files of this content. */
const up = (
  before: Kept | undefined,
  content: string,
  paths = [ci, release],
  delivery: "commit" | "pull-request" = "pull-request",
) => {
  const files = Object.fromEntries(paths.map((path) => [path, `name: ${content}\n`]));
  return runUp(at, before, { delivery, mode: "template", files });
};
const refresh = (kept: Kept) => runRefresh(at, kept);
const merge = (number: number, method = "squash"): Promise<unknown> => {
  const message = { commit_title: "ours", commit_message: "" };
  const route = `PUT /repos/acme/api/pulls/${number}/merge`;
  return at.github.request(route, { merge_method: method, ...message });
};
const onMain = (path: string) =>
  at.world.readFile(at.world.repository("acme/api"), "main", path)?.toString("utf8");

test.each(
  ["merge", "squash", "rebase"].flatMap((method) => [
    { method, before: "no run between", look: (kept: Kept) => Promise.resolve(kept) },
    { method, before: "a refresh between", look: refresh },
  ]),
)(
  "merged by $method with a message of somebody's own, and $before: the files are the fleet's, except what the merger edited",
  async ({ method, look }) => {
    const first = await up(undefined, "one");
    await merge(1, method);
    const second = await up(await up(first, "one"), "two");
    at.byHand.editFiles("acme/api", { [ci]: "name: mine\n" }, { branch: "ghcr-fleet/publishing" });
    await merge(2, method);
    const seen = await look(second);
    at.warnings.length = 0;
    const third = await up(seen, "three");
    expect(at.warnings).toEqual([
      expect.stringMatching(/^\S+ci\.yml was written by somebody else and is replaced; its text/),
      expect.stringMatching(/^merge .*pull\/3 to add the files/),
    ]);
    expect(third.state["replaced"]).toEqual({ [ci]: gitBlobId("name: mine\n") });
  },
);

test("a merged file that the fleet no longer wants is deleted", async () => {
  const offered = await up(undefined, "one");
  await merge(1);
  await up(offered, "one", [ci]);
  await merge(2);
  expect([ci, release].map(onMain)).toEqual(["name: one\n", undefined]);
});

test("the pull request that deletes a file stays open over a refresh", async () => {
  const first = await up(undefined, "one", [ci, release], "commit");
  const offered = await up(first, "one", [ci]);
  const seen = await refresh(offered);
  expect(seen.state).toEqual(offered.state);
  await merge(1);
  const done = await up(await refresh(seen), "one", [ci]);
  expect(onMain(release)).toBeUndefined();
  expect(done.state).not.toHaveProperty("blobs");
});

const mine = "name: mine\n";
const replaced = expect.stringMatching(/ci\.yml was written by somebody else and is replaced/);

describe.each([1, 2])("after %d refreshes", (refreshes) => {
  const look = async (kept: Kept): Promise<Kept> => {
    let seen = kept;
    for (let count = 0; count < refreshes; count += 1) seen = await refresh(seen);
    at.warnings.length = 0;
    return seen;
  };

  test("an edit is still somebody else's: replaced with a warning, and kept where the fleet has no such file any more", async () => {
    const first = await up(undefined, "one", [ci, release], "commit");
    at.byHand.editFiles("acme/api", { [ci]: mine, [release]: mine });
    const next = await up(await look(first), "one", [ci], "commit");
    const stays = expect.stringMatching(/release\.yml stays, because somebody else edited it/);
    expect(at.warnings).toEqual([replaced, stays]);
    expect(next.state["replaced"]).toEqual({ [ci]: gitBlobId(mine) });
    expect([ci, release].map(onMain)).toEqual(["name: one\n", mine]);
  });

  test.each([
    { by: "this version", without: [] },
    { by: "one that did not record what it offered", without: ["offered"] },
  ])(
    "an edit beside an open pull request, in a state of $by, is still somebody else's",
    async ({ without }) => {
      const first = await up(undefined, "one", [ci, release], "commit");
      const offered = await up(first, "two");
      at.byHand.editFiles("acme/api", { [ci]: mine });
      const state = omit(offered.state, ...without);
      await up(await look({ ...offered, state }), "two");
      expect(at.warnings[0]).toEqual(replaced);
    },
  );

  test("what a reverted merge brought back is somebody else's change", async () => {
    const first = await up(undefined, "one", [ci], "commit");
    const offered = await up(first, "two", [ci]);
    await merge(1);
    at.byHand.editFiles("acme/api", { [ci]: "name: one\n" });
    const seen = await look(offered);
    expect(seen.state["blobs"]).toEqual({ [ci]: gitBlobId("name: two\n") });
    await up(seen, "two", [ci]);
    expect(at.warnings[0]).toEqual(replaced);
  });
});

test("after a reverted merge that no refresh saw, the next update offers the files again", async () => {
  const first = await up(undefined, "one", [ci], "commit");
  const offered = await up(first, "two", [ci]);
  await merge(1);
  at.byHand.editFiles("acme/api", { [ci]: "name: one\n" });
  expect((await up(offered, "two", [ci])).state["pullRequestUrl"]).toMatch(/\/pull\/2$/);
});
