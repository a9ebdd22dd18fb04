import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { createClient } from "../support/client.ts";
import { startAcme } from "../support/start-acme.ts";

let simulator: Simulator;
const ask = async (query: string, variables: object = {}) =>
  (await createClient(simulator, "admin")("POST /graphql", { query, variables })).body;

beforeAll(async () => {
  simulator = await startAcme();
  const admin = createClient(simulator, "admin");
  const post = (title: string, body: string) =>
    admin("POST /repos/acme/web/issues", { title, body });
  await post("Called", "cc @acme-dev, please");
  await post("Not called", "mail dev@acme-dev.example about @acme-developers");
  const sha = simulator.world.repository("acme/web").refs.get("refs/heads/main");
  await admin("POST /repos/acme/web/git/refs", { ref: "refs/heads/gh", sha });
  simulator.byHand("acme-dev").editFiles("acme/web", { "gh.txt": "" }, { branch: "gh" });
  await admin("POST /repos/acme/web/pulls", { title: "gh", head: "gh", base: "main" });
});
afterAll(() => simulator.close());

/** The queries of https://github.com/cli/cli, reduced to a few fields. */
describe("the lists of the gh command", () => {
  test("gh pr view finds a branch's pull request, with null for unused states", async () => {
    // pkg/cmd/pr/shared/finder.go
    const { data, errors } = await ask(
      `query PullRequestForBranch($owner: String!, $repo: String!, $headRefName: String!, $states: [PullRequestState!]) {
        repository(owner: $owner, name: $repo) {
          pullRequests(headRefName: $headRefName, states: $states, first: 30, orderBy: { field: CREATED_AT, direction: DESC }) {
            nodes { number state }
          }
        }
      }`,
      { owner: "acme", repo: "web", headRefName: "gh", states: null },
    );
    expect(errors).toBeUndefined();
    expect(data.repository.pullRequests.nodes).toEqual([{ number: 3, state: "OPEN" }]);
  });

  test("gh issue status finds those that mention somebody, and no others", async () => {
    // pkg/cmd/issue/status: issues(filterBy: {mentioned: $viewer, states: OPEN}, ...)
    const mentioned = `query IssueStatus($owner: String!, $repo: String!, $viewer: String!) {
      repository(owner: $owner, name: $repo) {
        mentioned: issues(filterBy: { mentioned: $viewer, states: OPEN }, first: 10, orderBy: { field: UPDATED_AT, direction: DESC }) {
          totalCount nodes { title }
        }
      }
    }`;
    const { data } = await ask(mentioned, { owner: "acme", repo: "web", viewer: "acme-dev" });
    expect(data.repository.mentioned).toEqual({ totalCount: 1, nodes: [{ title: "Called" }] });
  });

  test("issues and pull requests are filtered by values that none has", async () => {
    const { data, errors } = await ask(`{ repository(owner: "acme", name: "web") {
      issues(filterBy: { assignee: null }, first: 5, orderBy: { field: UPDATED_AT, direction: DESC }) {
        totalCount
      }
      pullRequests(labels: ["bug"], first: 5) { totalCount }
    } }`);
    expect(errors).toBeUndefined();
    expect(data.repository).toEqual({ issues: { totalCount: 2 }, pullRequests: { totalCount: 0 } });
  });

  test("unsupported filters and orders are refused, never ignored", async () => {
    const refused = (args: string) =>
      ask(
        `{ repository(owner: "acme", name: "web") { issues(first: 5, ${args}) { totalCount } } }`,
      );
    await expect(refused('filterBy: { milestone: "1" }')).rejects.toThrow(
      "the simulator does not implement filterBy.milestone",
    );
    await expect(refused("orderBy: { field: COMMENTS, direction: ASC }")).rejects.toThrow(
      "the simulator does not order by COMMENTS",
    );
    await expect(refused('labels: ["bug", "question"]')).rejects.toThrow(
      "the simulator does not filter by several labels",
    );
  });
});

/** As in https://github.com/cli/cli/blob/trunk/internal/ghinstance/host.go, through `http_proxy`. */
test("gh reaches the simulator as the proxy of github.localhost, and its links lead back", async () => {
  const { hostname, port } = new URL(simulator.url);
  const link = await new Promise((resolve, reject) => {
    const path = "http://api.github.localhost/orgs/acme/repos?per_page=5";
    const headers = {
      host: "api.github.localhost",
      "user-agent": "GitHub CLI",
      authorization: `token ${simulator.world.tokenValue("admin")}`,
    };
    request({ hostname, port, path, headers }, (response) => {
      response.resume();
      resolve(response.headers.link);
    })
      .on("error", reject)
      .end();
  });
  expect(link).toContain("<http://api.github.localhost/");
});
