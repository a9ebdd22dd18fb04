import { expect, test } from "vitest";
import { templateNote } from "../../../src/github/contents/managed-note.ts";
import { branch, ci, startProposals } from "./start-proposals.ts";

test("asked twice, there is one pull request, with one commit on the fleet's branch", async () => {
  const at = await startProposals();
  const { url } = await at.propose();
  expect(await at.propose()).toEqual({ state: "open", url });
  expect(at.repository.pulls).toMatchObject([
    { number: 1, head: { ref: branch }, body: expect.stringContaining("change: nameci") },
  ]);
  expect(at.offered()).toBe("name: ci\n");
  expect(at.branches()).toEqual([`refs/heads/${branch}`]);
});

test("another change updates it in place, on the base as it is now", async () => {
  const at = await startProposals();
  const { url } = await at.propose();
  at.editMain({ "src/new.ts": "export {};\n" });
  expect(await at.propose("name: other\n")).toEqual({ state: "open", url });
  expect(at.offered()).toBe("name: other\n");
  expect(at.offered("src/new.ts")).toBe("export {};\n");
  expect(at.branches()).toEqual([`refs/heads/${branch}`]);
  const { body: commits } = await at.hubot("GET /repos/acme/api/pulls/1/commits");
  expect(commits).toHaveLength(1);
  expect(at.repository.pulls).toMatchObject([
    { state: "open", body: expect.stringMatching(/^Offers name: other\n[^]*change: nameother/) },
  ]);
});

test("a person's commit is kept: the pull request says once that it waits for it", async () => {
  const at = await startProposals();
  const { url } = await at.propose();
  at.simulator.byHand("hubot").editFiles("acme/api", { "notes.md": "mine\n" }, { branch });
  // As long as it offers what is wanted, the commit is just there.
  await at.propose();
  expect(at.comments()).toEqual([]);
  for (let run = 0; run < 2; run += 1) {
    expect(await at.propose("name: other\n")).toEqual({ state: "open", url });
  }
  expect(at.offered("notes.md")).toBe("mine\n");
  expect(at.offered()).toBe("name: ci\n");
  expect(at.comments()).toEqual([
    expect.stringMatching(/^1: .* has commits by others, .* it waits/),
  ]);
  expect(at.warnings.at(-1)).toContain(`${url} has commits by hubot, so it is not updated`);
});

test("a commit that arrives meanwhile is not overwritten", async () => {
  const at = await startProposals();
  await at.propose();
  let mutations = 0;
  const stop = at.simulator.onRequest(({ path }) => {
    // The query, and the branch on which the new commit is made.
    if (path === "/graphql") mutations += 1;
    if (mutations < 3) return;
    stop();
    at.simulator.byHand("hubot").editFiles("acme/api", { "notes.md": "mine\n" }, { branch });
  });
  await expect(at.propose("name: other\n")).rejects.toThrow("has moved");
  expect(at.offered("notes.md")).toBe("mine\n");
});

test("closed without a merge means declined, until another change is wanted or somebody asks", async () => {
  const at = await startProposals();
  const { url } = await at.propose();
  await at.hubot("PATCH /repos/acme/api/pulls/1", { state: "closed" });
  const declined = { state: "declined", url, by: "hubot", at: expect.any(String) };
  expect(await at.propose()).toEqual(declined);
  expect(await at.propose()).toEqual(declined);
  expect(at.repository.pulls).toHaveLength(1);
  expect(await at.propose("name: ci\n", { again: true })).toMatchObject({
    url: expect.stringMatching(/pull\/2$/),
  });
  await at.hubot("PATCH /repos/acme/api/pulls/2", { state: "closed" });
  expect(await at.propose("name: other\n")).toMatchObject({
    state: "open",
    url: expect.stringMatching(/pull\/3$/),
  });
  // Who changed their mind reopens it.
  await at.hubot("PATCH /repos/acme/api/pulls/3", { state: "closed" });
  expect(await at.propose("name: other\n")).toMatchObject({ state: "declined" });
  await at.hubot("PATCH /repos/acme/api/pulls/3", { state: "open" });
  expect(await at.propose("name: other\n")).toMatchObject({ state: "open" });
});

test("what was merged once and is wanted again is offered again, on the branch that was left", async () => {
  const at = await startProposals();
  await at.propose();
  await at.github.request("PUT /repos/acme/api/pulls/1/merge", { merge_method: "squash" });
  at.editMain({ [ci]: "name: by hand\n" });
  expect(await at.propose()).toMatchObject({ url: expect.stringMatching(/pull\/2$/) });
  expect(at.offered()).toBe("name: ci\n");
});

test("pull requests on branches of earlier versions are closed, and name their successor", async () => {
  const at = await startProposals();
  const former = "ghcr-fleet/workflows-0123456789";
  const sha = at.repository.refs.get("refs/heads/main");
  await at.github.request("POST /repos/acme/api/git/refs", { ref: `refs/heads/${former}`, sha });
  at.byHand.editFiles("acme/api", { [ci]: "old\n" }, { branch: former, message: templateNote });
  const opened = { title: "ci: publish", head: former, base: "main" };
  await at.github.request("POST /repos/acme/api/pulls", opened);
  const { url } = await at.propose();
  expect(at.repository.pulls.map(({ state }) => state)).toEqual(["closed", "open"]);
  expect(at.comments()).toEqual([
    `1: Superseded by ${url}, the one pull request that the fleet keeps open here.`,
  ]);
  expect(at.branches()).toEqual([`refs/heads/${branch}`]);
  await at.propose();
  expect(at.repository.pulls).toHaveLength(2);
});

test("it is closed by itself when nothing is left, which is no decline; after a merge its branch goes", async () => {
  const at = await startProposals();
  await at.propose();
  await at.end();
  expect(at.repository.pulls).toMatchObject([{ state: "closed" }]);
  expect(at.comments()).toEqual(["1: Nothing is left."]);
  expect(at.branches()).toEqual([]);
  expect(await at.propose()).toMatchObject({ url: expect.stringMatching(/pull\/2$/) });
  await at.github.request("PUT /repos/acme/api/pulls/2/merge", { merge_method: "squash" });
  expect(at.branches()).toHaveLength(1);
  await at.end();
  await at.end();
  expect(at.branches()).toEqual([]);
});

test("one with a person's commits stays open when nothing is left, and says so", async () => {
  const at = await startProposals();
  const { url } = await at.propose();
  at.simulator.byHand("hubot").editFiles("acme/api", { "notes.md": "mine\n" }, { branch });
  await at.end();
  expect(at.repository.pulls).toMatchObject([{ state: "open" }]);
  expect(at.warnings).toEqual([
    `${url} stays open, because it has commits by hubot; the fleet no longer needs it`,
  ]);
});
