import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parseSeed, type Simulator, startSimulator } from "github-simulator";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { upsertStackIssue } from "../../../src/cli/stacks/upsert-stack-issue.ts";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({
    actions: false,
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [{ login: "ada", role: "admin" }],
      tokens: [
        { name: "reader", owner: "ada", scopes: [] },
        { name: "writer", owner: "ada", scopes: ["repo"] },
      ],
      repositories: [{ name: "ops", visibility: "private" }],
    }),
  });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await simulator.close();
});

const text = { title: "Drift: 1", body: "one" };

/** @returns the command's output */
async function keep(commentToken: string): Promise<string[]> {
  const said: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((line) => said.push(String(line)) > 0);
  vi.stubEnv("GHCR_FLEET_COMMENT_TOKEN", simulator.world.tokenValue(commentToken));
  vi.stubEnv("GITHUB_API_URL", simulator.url);
  const [baseUrl, token] = [simulator.url, simulator.world.tokenValue("reader")];
  const github = createGitHubClient({ baseUrl, token });
  const subject = { name: "drift", stack: "acme" } as const;
  await upsertStackIssue(github, "acme/ops", subject, text, "All is well.");
  return said;
}

test("a workflow's own token writes the issue, and reports retries", async () => {
  simulator.faults.inject(
    { method: "GET", path: "/repos/acme/ops/issues", times: 1 },
    { kind: "answer", status: 502 },
  );
  expect(await keep("writer")).toEqual([
    "GitHub answered 502: asking again in 1 s\n",
    "issue opened: https://github.com/acme/ops/issues/1\n",
  ]);
});

test("a workflow's token that may not write is named by its variable", async () => {
  await expect(keep("reader")).rejects.toThrow(
    "cannot maintain the issue in acme/ops: GitHub answered 404; the token in GHCR_FLEET_COMMENT_TOKEN has to see acme/ops and needs the permission issues: write there",
  );
});
