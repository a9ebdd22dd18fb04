import { afterAll, beforeAll, expect, test } from "vitest";
import { parseSeed, type Simulator, startSimulator } from "../../src/index.ts";
import { createClient, type Client } from "../support/client.ts";

let simulator: Simulator;
let ada: Client;
let sha: string;
const repo = "/repos/acme/api";

beforeAll(async () => {
  simulator = await startSimulator({
    actions: false,
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [
        { login: "ada", role: "admin" },
        { login: "sam", role: "member" },
      ],
      tokens: [
        { name: "ada", owner: "ada", scopes: ["repo"] },
        { name: "sam", owner: "sam", scopes: ["repo"] },
      ],
      repositories: [{ name: "api" }],
    }),
  });
  ada = createClient(simulator, "ada");
  sha = (await ada(`GET ${repo}/git/ref/heads/main`)).body.object.sha;
});
afterAll(() => simulator.close());

test("the newest status of each context counts, and all of them are listed", async () => {
  expect((await ada(`GET ${repo}/commits/main/status`)).body).toMatchObject({
    state: "pending",
    total_count: 0,
  });
  const report = async (state: string, context?: string) =>
    (await ada(`POST ${repo}/statuses/${sha}`, { state, ...(context ? { context } : {}) })).status;
  expect(await report("pending", "ci/build")).toBe(201);
  expect(await report("success")).toBe(201);
  expect((await ada(`GET ${repo}/commits/main/status`)).body.state).toBe("pending");
  expect(await report("error", "CI/build")).toBe(201);
  expect((await ada(`GET ${repo}/commits/main/status`)).body).toMatchObject({
    state: "failure",
    total_count: 2,
    statuses: [
      { context: "CI/build", state: "error" },
      { context: "default", state: "success", description: null, target_url: null },
    ],
  });
  await report("success", "ci/build");
  expect((await ada(`GET ${repo}/commits/${sha}/status?per_page=1`)).body).toMatchObject({
    state: "success",
    total_count: 2,
    statuses: [{ context: "ci/build" }],
  });
  const all = await ada(`GET ${repo}/commits/${sha}/statuses`);
  expect(all.body.map(({ state }: { state: string }) => state)).toEqual([
    "success",
    "error",
    "success",
    "pending",
  ]);
  expect(all.body[0].creator.login).toBe("ada");
});

test("a status is refused like on GitHub", async () => {
  const post = async (body: object, place = sha) => {
    const { status, body: answer } = await ada.attempt(`POST ${repo}/statuses/${place}`, body);
    return [status, answer.errors?.[0]?.message ?? answer.message];
  };
  expect(await post({ state: "success" }, "0".repeat(40))).toEqual([
    422,
    `No commit found for SHA: ${"0".repeat(40)}`,
  ]);
  expect(await post({ state: "success", description: "x".repeat(141) })).toEqual([
    422,
    "description is too long (maximum is 140 characters)",
  ]);
  expect(await post({ state: "success", target_url: "ftp://a" })).toEqual([
    422,
    "target_url must use http(s) scheme",
  ]);
  expect((await post({ state: "good" }))[0]).toBe(422);
  expect((await post({}))[0]).toBe(422);
  const sam = createClient(simulator, "sam");
  await sam.expecting(404, `POST ${repo}/statuses/${sha}`, { state: "success" });
});

test("a required status allows the merge of a pull request once it succeeds", async () => {
  await ada(`PUT ${repo}/branches/main/protection`, {
    required_status_checks: { strict: false, contexts: ["ci/test"] },
    required_pull_request_reviews: null,
    enforce_admins: true,
    restrictions: null,
  });
  await ada(`POST ${repo}/git/refs`, { ref: "refs/heads/new", sha });
  const content = Buffer.from("new").toString("base64");
  await ada(`PUT ${repo}/contents/new`, { message: "New", content, branch: "new" });
  const { number, head } = (
    await ada(`POST ${repo}/pulls`, { title: "New", head: "new", base: "main" })
  ).body;
  const merge = (status = 200) => ada.expecting(status, `PUT ${repo}/pulls/${number}/merge`, {});
  const query = `{ repository(owner: "acme", name: "api") { pullRequest(number: ${number}) {
    statusCheckRollup { state contexts(first: 9) { statusContextCount nodes { __typename
      ... on StatusContext { context state targetUrl creator { login } isRequired(pullRequestNumber: ${number}) } } } } } } }`;
  const rollup = async () =>
    (await ada("POST /graphql", { query })).body.data.repository.pullRequest.statusCheckRollup;
  expect(await rollup()).toBeNull();
  expect((await merge(405)).body.message).toContain('Required status check "ci/test" is expected.');
  const body = { context: "ci/test", target_url: "https://ci.example.com/1" };
  await ada(`POST ${repo}/statuses/${head.sha}`, { ...body, state: "failure" });
  expect((await merge(405)).body.message).toContain('Required status check "ci/test" is failing.');
  await ada(`POST ${repo}/statuses/${head.sha}`, { ...body, state: "success" });
  expect(await rollup()).toEqual({
    state: "SUCCESS",
    contexts: {
      statusContextCount: 1,
      nodes: [
        {
          __typename: "StatusContext",
          context: "ci/test",
          state: "SUCCESS",
          targetUrl: "https://ci.example.com/1",
          creator: { login: "ada" },
          isRequired: true,
        },
      ],
    },
  });
  expect((await merge()).status).toBe(200);
});
