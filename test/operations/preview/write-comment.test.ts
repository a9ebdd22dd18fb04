import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parseSeed, type Simulator, startSimulator } from "github-simulator";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { commentMarker } from "../../../src/report/preview/render-comment.ts";
import { writeComment } from "../../../src/operations/preview/write-comment.ts";
import { gitHubAs } from "../../support/github-as.ts";

// The client waits three seconds between writes that send mails to people, as GitHub requires.
vi.setConfig({ testTimeout: 30_000 });

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({
    actions: false,
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [
        { login: "ada", role: "admin" },
        { login: "mallory", role: "none" },
      ],
      tokens: [
        { name: "admin", owner: "ada", scopes: ["repo"] },
        { name: "mallory", owner: "mallory", scopes: ["repo"] },
      ],
      repositories: [{ name: "ops", branches: ["topic"] }],
    }),
  });
  const admin = gitHubAs(simulator, "admin");
  await admin("PUT /repos/acme/ops/contents/x", { message: "x", content: "eA==", branch: "topic" });
  await admin("POST /repos/acme/ops/pulls", { title: "Topic", head: "topic", base: "main" });
});
afterEach(() => simulator.close());

/** Like the token of a workflow's job. */
function write(body: string, permission: "read" | "write" = "write") {
  const { world } = simulator;
  const token = world.mintToken({
    name: `job ${world.state.tokens.size}`,
    kind: "job",
    owner: "github-actions[bot]",
    scopes: [],
    permissions: { pull_requests: permission, contents: "read" },
    repositories: [world.repository("acme/ops").id],
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  });
  const github = createGitHubClient({ baseUrl: simulator.url, token, pace: "burst" });
  const place = { owner: "acme", repository: "ops", number: 1 };
  return writeComment(github, place, commentMarker("acme"), `${commentMarker("acme")}\n${body}`);
}

test("a comment of somebody else is not replaced, whatever it begins with", async () => {
  const forged = `${commentMarker("acme")}\nnothing changes`;
  await gitHubAs(simulator, "mallory")("POST /repos/acme/ops/issues/1/comments", {
    body: forged,
  });
  expect((await write("one")).updated).toBe(false);
  expect((await write("two")).updated).toBe(true);
  const { comments } = simulator.world.repository("acme/ops");
  expect(comments.map(({ author, body }) => [author, body])).toEqual([
    ["mallory", forged],
    ["github-actions[bot]", `${commentMarker("acme")}\ntwo`],
  ]);
});

test("of one that was written twice, because an answer was lost, one stays", async () => {
  simulator.faults.inject(
    { method: "POST", path: "/issues/1/comments", times: 1 },
    { kind: "answer", status: 502, when: "after" },
  );
  await write("one");
  const comments = () => simulator.world.repository("acme/ops").comments;
  expect(comments()).toHaveLength(2);
  expect((await write("two")).updated).toBe(true);
  expect(comments().map(({ body }) => body)).toEqual([`${commentMarker("acme")}\ntwo`]);
});

test("one that somebody deletes while it is written is written again", async () => {
  await write("one");
  const repository = simulator.world.repository("acme/ops");
  simulator.faults.inject(
    { method: "PATCH", path: "/issues/comments/", times: 1 },
    { kind: "call", when: "before", run: () => void repository.comments.splice(0) },
  );
  expect((await write("two")).updated).toBe(false);
  expect(repository.comments.map(({ body }) => body)).toEqual([`${commentMarker("acme")}\ntwo`]);
});

test("says why GitHub refuses", async () => {
  await expect(write("one", "read")).rejects.toThrow(
    /GitHub answered 403\. The token in GHCR_FLEET_COMMENT_TOKEN needs the permission pull-requests/,
  );
  const refused = simulator.faults.inject(
    { method: "GET", path: "/issues/1/comments" },
    { kind: "answer", status: 401, body: `{"message":"Bad credentials"}` },
  );
  await expect(write("one")).rejects.toThrow(/GHCR_FLEET_COMMENT_TOKEN is wrong or has expired/);
  refused();
  const message = "Unable to create comment because issue is locked.";
  const body = JSON.stringify({ message });
  simulator.faults.inject(
    { method: "POST", path: "/issues/1/comments" },
    { kind: "answer", status: 403, body },
  );
  await expect(write("one")).rejects.toThrow(
    "cannot comment on acme/ops#1: its conversation is locked. Unlock it and run again",
  );
});
