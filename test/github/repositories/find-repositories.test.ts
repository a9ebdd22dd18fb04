import { afterAll, beforeAll, expect, test } from "vitest";
import { parseSeed, type Simulator, startSimulator } from "github-simulator";
import { findRepositories } from "../../../src/github/repositories/find-repositories.ts";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({
    actions: false,
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [{ login: "mona", role: "admin" }],
      tokens: [{ name: "admin", owner: "mona", scopes: ["repo"] }],
      repositories: ["api", "web"].map((name) => ({ name, dockerfile: "Dockerfile" })),
    }),
  });
});
afterAll(() => simulator.close());

const client = () =>
  createGitHubClient({ baseUrl: simulator.url, token: simulator.world.tokenValue("admin") });

test("finds them by name in any case, as GitHub spells them; what is not there is left out", async () => {
  const found = await findRepositories(client(), "Acme", ["API", "gone"]);
  expect(found.map(({ owner, name }) => `${owner}/${name}`)).toEqual(["acme/api"]);
});

test("the time is GitHub's, once it has answered", async () => {
  const github = client();
  await findRepositories(github, "acme", ["api"]);
  expect(Math.abs(github.now().getTime() - simulator.world.clock.now())).toBeLessThan(5000);
});
