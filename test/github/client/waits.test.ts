import { afterAll, beforeAll, expect, test } from "vitest";
import { parseSeed, type Simulator, startSimulator } from "github-simulator";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { UserError } from "../../../src/user-error.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({
    actions: false,
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [{ login: "mona", role: "admin" }],
      tokens: [{ name: "admin", owner: "mona", scopes: ["repo"] }],
      repositories: [],
    }),
  });
});
afterAll(() => simulator.close());

test("a person who stops the run does not wait for GitHub's budget", async () => {
  const stop = new AbortController();
  const waits: string[] = [];
  const github = createGitHubClient({
    baseUrl: simulator.url,
    token: simulator.world.tokenValue("admin"),
    signal: stop.signal,
    onWait: (message) => {
      waits.push(message);
      stop.abort();
    },
  });
  simulator.faults.inject(
    { path: "/user" },
    {
      kind: "answer",
      status: 403,
      body: '{"message":"You have exceeded a secondary rate limit."}',
      headers: { "content-type": "application/json", "retry-after": "600" },
    },
  );
  await expect(github.request("GET /user")).rejects.toThrow(UserError);
  expect(waits).toEqual(["GitHub's secondary rate limit is used up: waiting 600 s"]);
});
