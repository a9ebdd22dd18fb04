import { Octokit } from "@octokit/core";
import { paginateRest } from "@octokit/plugin-paginate-rest";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { startAcme } from "../support/start-acme.ts";

let simulator: Simulator;
let octokit: InstanceType<ReturnType<typeof client>>;
function client() {
  return Octokit.plugin(paginateRest, retry, throttling);
}
beforeAll(async () => {
  simulator = await startAcme();
  octokit = new (client())({
    baseUrl: simulator.url,
    auth: simulator.world.tokenValue("admin"),
    throttle: { onRateLimit: () => false, onSecondaryRateLimit: () => false },
  });
});
afterAll(() => simulator.close());

test("lists with pages, through Link headers", async () => {
  const found = await octokit.paginate("GET /orgs/{org}/repos", { org: "acme", per_page: 5 });
  expect(found.map(({ name }) => name).sort()).toHaveLength(14);
  expect(simulator.requests.filter(({ path }) => path.startsWith("/orgs/acme/repos"))).toHaveLength(
    3,
  );
});

test("follows a repository that was renamed", async () => {
  await octokit.request("PATCH /repos/{owner}/{repo}", {
    owner: "acme",
    repo: "handbook",
    name: "guide",
  });
  const { data } = await octokit.request("GET /repos/{owner}/{repo}", {
    owner: "acme",
    repo: "handbook",
  });
  expect(data.full_name).toBe("acme/guide");
});

test("reaches branches and environments whose names contain a slash", async () => {
  const at = { owner: "acme", repo: "web" };
  const main = await octokit.request("GET /repos/{owner}/{repo}/branches/{branch}", {
    ...at,
    branch: "main",
  });
  await octokit.request("POST /repos/{owner}/{repo}/git/refs", {
    ...at,
    ref: "refs/heads/feature/one",
    sha: main.data.commit.sha,
  });
  const branch = await octokit.request("GET /repos/{owner}/{repo}/branches/{branch}", {
    ...at,
    branch: "feature/one",
  });
  expect(branch.data.name).toBe("feature/one");
  const environment = await octokit.request(
    "PUT /repos/{owner}/{repo}/environments/{environment_name}",
    { ...at, environment_name: "eu/prod" },
  );
  expect(environment.data.name).toBe("eu/prod");
});

test("throws GraphQL's errors with the data next to them", async () => {
  await expect(
    octokit.graphql(`{ repository(owner: "acme", name: "nope") { id } }`),
  ).rejects.toMatchObject({ errors: [{ type: "NOT_FOUND" }], data: { repository: null } });
});
