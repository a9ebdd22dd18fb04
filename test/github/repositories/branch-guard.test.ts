import { afterAll, beforeAll, expect, test } from "vitest";
import { readBranchGuard } from "../../../src/github/repositories/branch-guard.ts";
import { startAcme } from "../../support/start-acme.ts";
import { gitHubAs } from "../../support/github-as.ts";

const protection = { source: "protection", requirePullRequest: true } as const;
const { simulator, client, close } = await startAcme({
  users: [{ login: "mona", role: "admin" }, { login: "dev" }],
  tokens: [
    { name: "admin", owner: "mona", scopes: ["repo"] },
    { name: "reader", owner: "dev", scopes: ["repo"] },
  ],
  repositories: [
    { name: "open" },
    { name: "strict", rules: [{ ...protection, enforceAdmins: true }] },
    { name: "lenient", rules: [{ ...protection, enforceAdmins: false }] },
    { name: "signed", rules: [{ source: "protection", requireSignatures: true }] },
    { name: "ruled" },
    { name: "bypassed" },
  ],
});
afterAll(close);

beforeAll(async () => {
  const github = gitHubAs(simulator, "admin");
  const role = (bypass_mode: string) => ({
    actor_id: 5,
    actor_type: "RepositoryRole",
    bypass_mode,
  });
  for (const [name, actors] of [
    ["ruled", [role("pull_request")]],
    ["bypassed", [role("always")]],
  ] as const) {
    const { status } = await github(`POST /repos/acme/${name}/rulesets`, {
      name: "protect main",
      target: "branch",
      enforcement: "active",
      conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
      rules: [{ type: "deletion" }, { type: "pull_request", parameters: review }],
      bypass_actors: actors,
    });
    expect(status).toBe(201);
  }
});

const review = {
  required_approving_review_count: 1,
  dismiss_stale_reviews_on_push: false,
  require_code_owner_review: false,
  require_last_push_approval: false,
  required_review_thread_resolution: false,
};

const guardOf = (repository: string, token = "admin") =>
  readBranchGuard(client(token), { owner: "acme", repository, branch: "main" });

test.each([
  ["open", [], true],
  ["signed", [], true],
  ["strict", ["branch protection"], false],
  ["lenient", ["branch protection"], true],
  ["ruled", ['ruleset "protect main"'], false],
  ["bypassed", ['ruleset "protect main"'], true],
])("what %s does with a direct commit is known before", async (name, forbiddenBy, mayBypass) => {
  expect(await guardOf(name)).toEqual({ forbiddenBy, mayBypass });
});

test("a token that may not read the protection leaves it open", async () => {
  expect(await guardOf("strict", "reader")).toBeUndefined();
  expect(await guardOf("open", "reader")).toEqual({ forbiddenBy: [], mayBypass: true });
});
