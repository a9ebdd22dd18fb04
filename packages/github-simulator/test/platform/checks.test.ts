import { afterAll, beforeAll, expect, test } from "vitest";
import { parseSeed, type Simulator, startSimulator } from "../../src/index.ts";
import { base64, createClient, type Client } from "../support/client.ts";

const ci = `on: pull_request
jobs:
  build:
    runs-on: ubuntu-24.04
    steps: [{ run: "exit $(cat exit-code)" }]
`;
const seed = parseSeed({
  organisation: { login: "acme" },
  users: [{ login: "ada", role: "admin" }],
  tokens: [{ name: "ada", owner: "ada", scopes: ["repo", "workflow"] }],
  repositories: [
    { name: "api", files: { ".github/workflows/ci.yml": checkingOut(ci), "exit-code": "0" } },
  ],
});

/** The job reads the tested commit. */
function checkingOut(text: string): string {
  return text.replace("[{ run", "[{ uses: actions/checkout@v7 }, { run");
}

let platform: Simulator;
let ada: Client;
const repo = "/repos/acme/api";

beforeAll(async () => {
  platform = await startSimulator({ seed });
  ada = createClient(platform, "ada");
  await ada(`PUT ${repo}/branches/main/protection`, {
    required_status_checks: { strict: true, checks: [{ context: "build", app_id: -1 }] },
    required_pull_request_reviews: null,
    enforce_admins: true,
    restrictions: null,
  });
});
afterAll(() => platform.close());

async function propose(branch: string, exitCode: string): Promise<{ number: number; sha: string }> {
  const { sha } = (await ada(`GET ${repo}/git/ref/heads/main`)).body.object;
  await ada(`POST ${repo}/git/refs`, { ref: `refs/heads/${branch}`, sha });
  const file = (await ada(`GET ${repo}/contents/exit-code`)).body;
  await ada(`PUT ${repo}/contents/exit-code`, {
    message: branch,
    content: base64(exitCode),
    sha: file.sha,
    branch,
  });
  const pull = (await ada(`POST ${repo}/pulls`, { title: branch, head: branch, base: "main" }))
    .body;
  await platform.actions.idle();
  return { number: pull.number, sha: pull.head.sha };
}

const rollup = async (number: number) =>
  (
    await ada("POST /graphql", {
      query: `query($number: Int!) { repository(owner: "acme", name: "api") {
        pullRequest(number: $number) { mergeStateStatus commits(last: 1) { nodes { commit {
          statusCheckRollup { state contexts(first: 5) { nodes { __typename ... on CheckRun {
            name conclusion isRequired(pullRequestNumber: $number)
            checkSuite { workflowRun { event } } } } } } } } } } } }`,
      variables: { number },
    })
  ).body.data.repository.pullRequest;

test("a failed check blocks a pull request, and a successful one does not", async () => {
  const bad = await propose("bad", "3");
  const good = await propose("good", "0\n");

  const run = (await ada(`GET ${repo}/actions/runs?branch=bad`)).body.workflow_runs[0];
  expect([run.head_sha, run.event]).toEqual([bad.sha, "pull_request"]);
  const checks = (await ada(`GET ${repo}/commits/${bad.sha}/check-runs?check_name=build`)).body;
  expect(checks).toMatchObject({
    total_count: 1,
    check_runs: [{ name: "build", conclusion: "failure", check_suite: { id: run.id } }],
  });
  expect((await ada(`GET ${repo}/commits/bad/status`)).body.total_count).toBe(0);
  expect((await ada(`GET ${repo}/pulls/${bad.number}`)).body.mergeable_state).toBe("blocked");
  expect(await rollup(bad.number)).toMatchObject({
    mergeStateStatus: "BLOCKED",
    commits: { nodes: [{ commit: { statusCheckRollup: { state: "FAILURE" } } }] },
  });
  const refused = await ada.expecting(405, `PUT ${repo}/pulls/${bad.number}/merge`, {});
  expect(refused.body.message).toContain('Required status check "build" is failing.');

  const context = {
    __typename: "CheckRun",
    name: "build",
    conclusion: "SUCCESS",
    isRequired: true,
    checkSuite: { workflowRun: { event: "pull_request" } },
  };
  expect(await rollup(good.number)).toEqual({
    mergeStateStatus: "CLEAN",
    commits: {
      nodes: [
        { commit: { statusCheckRollup: { state: "SUCCESS", contexts: { nodes: [context] } } } },
      ],
    },
  });
  await ada.expecting(200, `PUT ${repo}/pulls/${good.number}/merge`, {});
});

test("a strict check requires the current base branch", async () => {
  const first = await propose("first", "0 ");
  const second = await propose("second", "0");
  await ada.expecting(200, `PUT ${repo}/pulls/${first.number}/merge`, {});
  const late = await ada.expecting(405, `PUT ${repo}/pulls/${second.number}/merge`, {});
  expect(late.body.message).toEqual(expect.any(String));
});
