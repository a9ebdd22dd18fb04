import { beforeEach, expect, test } from "vitest";
import { gitBlobId } from "../../../src/github/contents/git-blob-id.ts";
import type { Kept } from "../run-resource.ts";
import { startProvider, type Provider } from "../start-provider.ts";
import { ci, runRefresh, runUp } from "./run-workflows.ts";

let at: Provider;
beforeEach(async () => void (at = await startProvider("admin")));

const release = ".github/workflows/release.yml";

/** One run of the engine that wants files of this content. */
const up = (before: Kept | undefined, content: string, paths = [ci, release]) => {
  const files = Object.fromEntries(paths.map((path) => [path, `name: ${content}\n`]));
  return runUp(at, before, { delivery: "pull-request", mode: "template", files });
};
const refresh = (kept: Kept) => runRefresh(at, kept);
const merge = (number: number, method = "squash"): Promise<unknown> => {
  const message = { commit_title: "ours", commit_message: "" };
  const route = `PUT /repos/acme/api/pulls/${number}/merge`;
  return at.github.request(route, { merge_method: method, ...message });
};

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
  const onMain = (path: string) =>
    at.world.readFile(at.world.repository("acme/api"), "main", path)?.toString("utf8");
  expect([ci, release].map(onMain)).toEqual(["name: one\n", undefined]);
});
