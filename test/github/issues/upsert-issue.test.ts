import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Simulator } from "github-simulator";
import type { GitHubClient } from "../../../src/github/client/github-client.ts";
import { upsertIssue, type IssueText } from "../../../src/github/issues/upsert-issue.ts";
import { startAcme } from "../../support/start-acme.ts";
import { gitHubAs } from "../../support/github-as.ts";

// The client waits three seconds between writes that send mails to people, as GitHub requires.
vi.setConfig({ testTimeout: 30_000 });

let simulator: Simulator;
let clientOf: Awaited<ReturnType<typeof startAcme>>["client"];
let github: GitHubClient;
beforeEach(async () => {
  ({ simulator, client: clientOf } = await startAcme({
    users: [
      { login: "ada", role: "admin" },
      { login: "sam", role: "none" },
    ],
    tokens: [
      { name: "admin", owner: "ada", scopes: ["repo"] },
      { name: "none", owner: "sam", scopes: [] },
      { name: "public", owner: "sam", scopes: ["public_repo"] },
    ],
    repositories: [{ name: "ops", visibility: "private", branches: ["topic"] }],
  }));
  github = clientOf("admin", { pace: "burst" });
});
afterEach(() => simulator.close());

const marker = "<!-- ghcr-fleet drift acme -->";
const writer = "the admin token";
const place = { owner: "acme", repository: "ops", marker, writer };
const keep = async (text: IssueText | undefined, by = github) =>
  (await upsertIssue(by, place, text, "All is well.")).change;
const issues = () => simulator.world.repository("acme/ops").issues;

test("one issue is opened, left alone, brought up to date and closed", async () => {
  expect(await keep(undefined)).toBe("none");
  expect(await keep({ title: "Drift: 1", body: "one" })).toBe("opened");
  expect(await keep({ title: "Drift: 1", body: "one" })).toBe("unchanged");
  expect(await keep({ title: "Drift: 2", body: "one\ntwo" })).toBe("updated");
  expect(issues()).toMatchObject([{ title: "Drift: 2", body: `${marker}\none\ntwo` }]);
  expect(await keep(undefined)).toBe("closed");
  expect(simulator.world.repository("acme/ops").comments).toMatchObject([{ body: "All is well." }]);
  expect(await keep(undefined)).toBe("none");
  expect(await keep({ title: "Drift: 1", body: "one" })).toBe("opened");
  expect(issues().map(({ state }) => state)).toEqual(["closed", "open"]);
});

test("issues of others and pull requests are not touched", async () => {
  const admin = gitHubAs(simulator, "admin");
  await admin("POST /repos/acme/ops/issues", { title: "Mine", body: "<!-- other -->" });
  await admin("PUT /repos/acme/ops/contents/x", { message: "x", content: "eA==", branch: "topic" });
  await admin("POST /repos/acme/ops/pulls", {
    title: "Topic",
    head: "topic",
    base: "main",
    body: marker,
  });
  expect(await keep({ title: "Drift: 1", body: "one" })).toBe("opened");
  expect(issues().map(({ title }) => title)).toEqual(["Mine", "Drift: 1"]);
});

test("an issue of a stranger is not taken over, whatever its text", async () => {
  simulator.world.repository("acme/ops").visibility = "public";
  const forged = { title: "No drift", body: marker };
  await gitHubAs(simulator, "public")("POST /repos/acme/ops/issues", forged);
  expect(await keep({ title: "Drift: 1", body: "one" })).toBe("opened");
  expect(await keep(undefined)).toBe("closed");
  expect(issues().map(({ author, state }) => [author, state])).toEqual([
    ["sam", "open"],
    ["ada", "closed"],
  ]);
});

test("an issue of somebody whose membership is hidden is found by what they may do", async () => {
  simulator.world.repository("acme/ops").visibility = "public";
  const hidden = clientOf("admin", {
    pace: "burst",
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      const body = await response.text();
      const shown = body.replaceAll(
        /"author_association":"\w+"/g,
        '"author_association":"CONTRIBUTOR"',
      );
      return new Response(shown, response);
    },
  });
  const forged = { title: "No drift", body: marker };
  await gitHubAs(simulator, "public")("POST /repos/acme/ops/issues", forged);
  expect(await keep({ title: "Drift: 1", body: "one" }, hidden)).toBe("opened");
  expect(await keep({ title: "Drift: 1", body: "one" }, hidden)).toBe("unchanged");
});

test("one that somebody closed, edited or locked is reopened, corrected, or closed without a comment", async () => {
  const admin = gitHubAs(simulator, "admin");
  expect(await keep({ title: "Drift: 1", body: "one" })).toBe("opened");
  await admin("PATCH /repos/acme/ops/issues/1", { state: "closed", state_reason: "not_planned" });
  expect(await keep({ title: "Drift: 1", body: "one" })).toBe("opened");
  await admin("PATCH /repos/acme/ops/issues/2", {
    title: "Ours",
    body: `We are on it.\n${marker}`,
  });
  expect(await keep({ title: "Drift: 1", body: "one" })).toBe("updated");
  simulator.faults.inject(
    { method: "POST", path: "/issues/2/comments" },
    {
      kind: "answer",
      status: 403,
      body: `{"message":"Unable to comment because issue is locked"}`,
    },
  );
  expect(await keep(undefined)).toBe("closed");
  expect(issues().map(({ title, state }) => [title, state])).toEqual([
    ["Drift: 1", "closed"],
    ["Drift: 1", "closed"],
  ]);
  expect(simulator.world.repository("acme/ops").comments).toEqual([]);
});

test("of one that was opened twice, because an answer was lost, the second is closed", async () => {
  simulator.faults.inject(
    { method: "POST", path: "/repos/acme/ops/issues", times: 1 },
    { kind: "answer", status: 502, when: "after" },
  );
  expect(await keep({ title: "Drift: 1", body: "one" })).toBe("opened");
  expect(issues()).toHaveLength(2);
  await gitHubAs(simulator, "admin")("POST /repos/acme/ops/issues", {
    title: "What we do about it",
    body: `> ${marker}\n> one`,
  });
  expect(await keep({ title: "Drift: 1", body: "one" })).toBe("unchanged");
  expect(issues().map(({ title, state }) => [title, state])).toEqual([
    ["Drift: 1", "open"],
    ["Drift: 1", "closed"],
    ["What we do about it", "open"],
  ]);
});

test("a repository without issues, or that is not visible, is named with the next step", async () => {
  await expect(keep({ title: "x", body: "x" }, clientOf("none"))).rejects.toThrow(
    "cannot maintain the issue in acme/ops: GitHub answered 404; the admin token has to see acme/ops and needs the permission issues: write there",
  );
  simulator.world.repository("acme/ops").settings.has_issues = false;
  await expect(keep({ title: "x", body: "x" })).rejects.toThrow(
    "acme/ops has issues switched off: switch them on, or name another repository",
  );
});
