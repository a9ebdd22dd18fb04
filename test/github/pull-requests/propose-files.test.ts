import { afterEach, expect, test } from "vitest";
import { parseSeed, type Simulator, startSimulator } from "github-simulator";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { findProposal, proposeFiles } from "../../../src/github/pull-requests/propose-files.ts";
import { readRepositories } from "../../../src/github/repositories/repository-snapshot.ts";

const ci = ".github/workflows/ci.yml";

let simulator: Simulator;
afterEach(() => simulator.close());

async function start(pattern = "main") {
  simulator = await startSimulator({
    actions: false,
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [{ login: "mona", role: "admin" }],
      tokens: [{ name: "admin", owner: "mona", scopes: ["repo", "workflow"] }],
      repositories: [
        { name: "api", dockerfile: "Dockerfile", rules: [{ pattern, requirePullRequest: true }] },
      ],
    }),
  });
  const { world, url } = simulator;
  const github = createGitHubClient({
    baseUrl: url,
    token: world.tokenValue("admin"),
    pace: "burst",
  });
  const [snapshot] = await readRepositories(github, "acme", [{ name: "api" }]);
  const commit = {
    owner: "acme",
    repository: "api",
    branch: "main",
    expectedHead: snapshot?.head ?? "",
    headline: "ci: publish",
    additions: { [ci]: "name: ci\n" },
    deletions: [],
  };
  const repository = world.repository("acme/api");
  const branches = () => [...repository.refs.keys()].filter((ref) => ref.includes("ghcr-fleet/"));
  const offered = () => {
    const branch = branches()[0]?.replace("refs/heads/", "") ?? "";
    return world.readFile(repository, branch, ci)?.toString("utf8");
  };
  return { github, commit, repository, offered, branches, byHand: simulator.byHand("mona") };
}

test("asked twice, there is one pull request", async () => {
  const { github, commit, repository, offered } = await start();
  expect(await findProposal(github, commit)).toBeUndefined();
  const url = await proposeFiles(github, commit);
  expect(await proposeFiles(github, commit)).toBe(url);
  expect(await findProposal(github, commit)).toBe(url);
  expect(repository.pulls).toHaveLength(1);
  expect(offered()).toBe("name: ci\n");
});

test("a branch of a run that was killed is used, though others have pushed since", async () => {
  const { github, commit, repository, offered, branches, byHand } = await start();
  const stop = simulator.faults.inject(
    { body: "createCommitOnBranch" },
    { kind: "answer", status: 403, body: '{"message":"Forbidden"}' },
  );
  await expect(proposeFiles(github, commit)).rejects.toThrow();
  stop();
  expect(branches()).toHaveLength(1);
  expect(offered()).toBeUndefined();

  const rules = repository.rules.splice(0);
  const expectedHead = byHand.editFiles("acme/api", { "src/new.ts": "export {};\n" });
  repository.rules.push(...rules);
  await proposeFiles(github, { ...commit, expectedHead });
  expect(offered()).toBe("name: ci\n");
  expect(branches()).toHaveLength(1);
  expect(repository.pulls).toHaveLength(1);
});

test("files that were merged once and are wanted again are proposed again", async () => {
  const { github, commit, repository, offered, byHand } = await start();
  await proposeFiles(github, commit);
  await github.request("PUT /repos/acme/api/pulls/1/merge", { merge_method: "merge" });
  const rules = repository.rules.splice(0);
  const expectedHead = byHand.editFiles("acme/api", { [ci]: "name: by hand\n" });
  repository.rules.push(...rules);
  expect(await proposeFiles(github, { ...commit, expectedHead })).toMatch(/pull\/2$/);
  expect(repository.pulls).toHaveLength(2);
  expect(offered()).toBe("name: ci\n");
});

test("an answer that was lost leads to the pull request that it was about", async () => {
  const { github, commit, repository } = await start();
  simulator.faults.inject(
    { method: "POST", path: "/pulls", times: 1 },
    { kind: "drop", when: "after" },
  );
  expect(await proposeFiles(github, commit)).toMatch(/pull\/1$/);
  expect(repository.pulls).toHaveLength(1);
  // The client keeps GitHub's pause between writes that notify people, and retries.
});

test("rules for all branches: the message names what to exempt", async () => {
  const { github, commit } = await start("**");
  await expect(proposeFiles(github, commit)).rejects.toThrow("exempt ghcr-fleet/** from them");
});
