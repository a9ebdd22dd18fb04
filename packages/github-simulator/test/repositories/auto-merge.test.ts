import { afterEach, beforeEach, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { base64, createClient, type Client } from "../support/client.ts";
import { mintClassic } from "../support/mint-classic.ts";
import { startAcme } from "../support/start-acme.ts";

let simulator: Simulator;
let admin: Client;
let dev: Client;
const repo = "/repos/acme/web";
const noOid = "0".repeat(40);

beforeEach(async () => {
  simulator = await startAcme();
  mintClassic(simulator, "dev", "acme-dev", ["repo"]);
  admin = createClient(simulator, "admin");
  dev = createClient(simulator, "dev");
});
afterEach(() => simulator.close());

const headOf = async (branch: string): Promise<string> =>
  (await admin(`GET ${repo}/git/ref/heads/${branch}`)).body.object.sha;

async function propose(branch = "topic"): Promise<{ number: number; node_id: string }> {
  const sha = await headOf("main");
  await admin(`POST ${repo}/git/refs`, { ref: `refs/heads/${branch}`, sha });
  const content = base64(`${branch}\n`);
  await admin(`PUT ${repo}/contents/topic.txt`, { message: "Topic", content, branch });
  return (await admin(`POST ${repo}/pulls`, { title: "Topic", head: branch, base: "main" })).body;
}

async function enable(pullRequestId: string, mergeMethod = "SQUASH"): Promise<unknown> {
  const query = `mutation($input: EnablePullRequestAutoMergeInput!) {
    enablePullRequestAutoMerge(input: $input) {
      pullRequest { autoMergeRequest { mergeMethod enabledBy { login } } } } }`;
  const input = { pullRequestId, mergeMethod };
  return (await admin("POST /graphql", { query, variables: { input } })).body.data;
}

test("a pull request with auto-merge is merged by the check and the approval that it waited for", async () => {
  await admin(`PUT ${repo}/branches/main/protection`, {
    required_status_checks: { strict: false, checks: [{ context: "build" }] },
    required_pull_request_reviews: { required_approving_review_count: 1 },
    enforce_admins: true,
    restrictions: null,
  });
  const { node_id, number } = await propose();
  await expect(enable(node_id)).rejects.toThrow("Auto merge is not allowed for this repository");
  await admin(`PATCH ${repo}`, { allow_auto_merge: true });
  expect(await enable(node_id)).toMatchObject({
    enablePullRequestAutoMerge: {
      pullRequest: {
        autoMergeRequest: { mergeMethod: "SQUASH", enabledBy: { login: "acme-admin" } },
      },
    },
  });
  const shown = await admin(`GET ${repo}/pulls/${number}`);
  expect(shown.body.auto_merge).toMatchObject({ merge_method: "squash" });

  const sha = await headOf("topic");
  await admin(`POST ${repo}/statuses/${sha}`, { state: "success", context: "build" });
  expect((await admin(`GET ${repo}/pulls/${number}`)).body.merged).toBe(false);
  const query = `mutation($input: AddPullRequestReviewInput!) {
    addPullRequestReview(input: $input) { pullRequestReview { state } } }`;
  const input = { pullRequestId: node_id, event: "APPROVE" };
  await dev("POST /graphql", { query, variables: { input } });
  const merged = (await admin(`GET ${repo}/pulls/${number}`)).body;
  expect(merged).toMatchObject({
    merged: true,
    merged_by: { login: "acme-admin" },
    auto_merge: null,
  });
  expect(await headOf("main")).toBe(merged.merge_commit_sha);
});

test("auto-merge is refused where nothing blocks the merge, and ends when it is disabled or closed", async () => {
  await admin(`PATCH ${repo}`, { allow_auto_merge: true });
  const { node_id, number } = await propose();
  await expect(enable(node_id)).rejects.toThrow("Pull request is in clean status");
  await admin(`PUT ${repo}/branches/main/protection`, {
    required_status_checks: { strict: false, checks: [{ context: "build" }] },
    required_pull_request_reviews: null,
    enforce_admins: true,
    restrictions: null,
  });
  await enable(node_id);
  const query = `mutation($input: DisablePullRequestAutoMergeInput!) {
    disablePullRequestAutoMerge(input: $input) { pullRequest { autoMergeRequest { mergeMethod } } } }`;
  const variables = { input: { pullRequestId: node_id } };
  const disabled = (await admin("POST /graphql", { query, variables })).body.data;
  expect(disabled.disablePullRequestAutoMerge.pullRequest.autoMergeRequest).toBeNull();
  await enable(node_id);
  await dev(`PATCH ${repo}/pulls/${number}`, { state: "closed" });
  expect((await admin(`GET ${repo}/pulls/${number}`)).body.auto_merge).toBeNull();
  const closed = `{ repository(owner: "acme", name: "web") { pullRequest(number: ${number}) {
    timelineItems(itemTypes: [CLOSED_EVENT], last: 1) {
      nodes { ... on ClosedEvent { createdAt actor { login } } } } } } }`;
  const { data } = (await admin("POST /graphql", { query: closed })).body;
  expect(data.repository.pullRequest.timelineItems.nodes).toMatchObject([
    { actor: { login: "acme-dev" } },
  ]);
});

test("reviews are requested of people and teams with access; assignees without it are left out", async () => {
  const { body: team } = await admin("POST /orgs/acme/teams", { name: "Web" });
  const { number } = await propose();
  const route = `POST ${repo}/pulls/${number}/requested_reviewers`;
  const refused = await admin.expecting(422, route, { reviewers: ["acme-admin"] });
  expect(refused.body.message).toBe("Review cannot be requested from pull request author.");
  for (const asked of [{ reviewers: ["nobody"] }, { team_reviewers: [team.slug] }]) {
    const { body } = await admin.expecting(422, route, asked);
    expect(body.message).toContain("Reviews may only be requested from collaborators.");
  }
  await admin(`PUT /orgs/acme/teams/${team.slug}/repos/acme/web`, { permission: "push" });
  const asked = { reviewers: ["acme-dev"], team_reviewers: [team.slug] };
  await admin.expecting(201, route, asked);
  const { body } = await admin(`GET ${repo}/pulls/${number}/requested_reviewers`);
  expect(body).toMatchObject({ users: [{ login: "acme-dev" }], teams: [{ slug: "web" }] });
  const query = `{ repository(owner: "acme", name: "web") { pullRequest(number: ${number}) {
    reviewRequests(first: 5) { nodes { requestedReviewer {
      ... on User { login } ... on Team { combinedSlug } } } } } } }`;
  const { data } = (await admin("POST /graphql", { query })).body;
  expect(data.repository.pullRequest.reviewRequests.nodes).toEqual([
    { requestedReviewer: { login: "acme-dev" } },
    { requestedReviewer: { combinedSlug: "acme/web" } },
  ]);
  const assigned = await admin.expecting(201, `POST ${repo}/issues/${number}/assignees`, {
    assignees: ["acme-dev", "nobody"],
  });
  expect(assigned.body.assignees).toMatchObject([{ login: "acme-dev" }]);
});

test("updateRefs moves and deletes refs together, or none of them", async () => {
  await propose("one");
  await propose("two");
  const { node_id: repositoryId } = (await admin(`GET ${repo}`)).body;
  const [main, one, two] = [await headOf("main"), await headOf("one"), await headOf("two")];
  const update = (refUpdates: object[]) =>
    admin("POST /graphql", {
      query:
        "mutation($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }",
      variables: { input: { repositoryId, refUpdates } },
    });
  const moved = { name: "refs/heads/one", beforeOid: one, afterOid: two, force: true };
  const gone = { name: "refs/heads/two", afterOid: noOid };
  await expect(update([moved, { ...gone, beforeOid: main }])).rejects.toThrow("but expected");
  await expect(update([{ ...moved, force: false }])).rejects.toThrow("not a fast forward");
  expect(await headOf("one")).toBe(one);
  await update([moved, { ...gone, beforeOid: two }]);
  expect(await headOf("one")).toBe(two);
  await admin.expecting(404, `GET ${repo}/git/ref/heads/two`);
  await update([{ name: "refs/heads/three", beforeOid: noOid, afterOid: two }]);
  expect(await headOf("three")).toBe(two);
});

test("with a merge queue, auto-merge builds a group, whose checks decide", async () => {
  await admin(`PATCH ${repo}`, { allow_auto_merge: true });
  const checks = {
    required_status_checks: [{ context: "build" }],
    strict_required_status_checks_policy: false,
  };
  await admin(`POST ${repo}/rulesets`, {
    name: "queue",
    enforcement: "active",
    conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
    rules: [{ type: "merge_queue" }, { type: "required_status_checks", parameters: checks }],
  });
  const query = `query { repository(owner: "acme", name: "web") {
    mergeQueue { id } other: mergeQueue(branch: "topic") { id } } }`;
  const { node_id, number } = await propose();
  expect((await admin("POST /graphql", { query })).body.data.repository).toEqual({
    mergeQueue: { id: expect.any(String) },
    other: null,
  });
  const main = await headOf("main");
  const report = async (sha: string, state: string) =>
    admin(`POST ${repo}/statuses/${sha}`, { state, context: "build" });
  const group = () => headOf(`gh-readonly-queue/main/pr-${number}-${main}`);
  await report(await headOf("topic"), "success");
  await expect(admin(`PUT ${repo}/pulls/${number}/merge`)).rejects.toThrow("merge queue");

  await enable(node_id, "MERGE");
  await report(await group(), "failure");
  await expect(group()).rejects.toThrow("Not Found");
  expect((await admin(`GET ${repo}/pulls/${number}`)).body).toMatchObject({
    merged: false,
    auto_merge: null,
  });

  await admin(`PUT ${repo}/contents/fix.txt`, { message: "Fix", content: "", branch: "topic" });
  await report(await headOf("topic"), "success");
  await enable(node_id, "MERGE");
  const tried = await group();
  expect(await headOf("main")).toBe(main);
  await report(tried, "success");
  expect(await headOf("main")).toBe(tried);
  await expect(group()).rejects.toThrow("Not Found");
  expect((await admin(`GET ${repo}/pulls/${number}`)).body.merged).toBe(true);
});
