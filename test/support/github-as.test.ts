import { parseSeed, startSimulator } from "github-simulator";
import { expect, onTestFinished, test } from "vitest";
import { gitHubAs } from "./github-as.ts";

test("a call that fails fails the test, unless it names the status that it expects", async () => {
  const seed = parseSeed({
    organisation: { login: "acme" },
    users: [{ login: "ada", role: "admin" }],
    tokens: [{ name: "admin", owner: "ada", scopes: ["repo"] }],
    repositories: [{ name: "web" }],
  });
  const simulator = await startSimulator({ actions: false, seed });
  onTestFinished(() => simulator.close());
  const github = gitHubAs(simulator, "admin");

  expect((await github("GET /repos/acme/web")).body.name).toBe("web");
  await expect(github("GET /repos/acme/gone")).rejects.toThrow(
    "GET /repos/acme/gone: answered 404, not 2xx without errors",
  );
  const query = { query: '{ repository(owner: "acme", name: "gone") { id } }' };
  await expect(github("POST /graphql", query)).rejects.toThrow("NOT_FOUND");
  expect((await github.expecting(404, "GET /repos/acme/gone")).status).toBe(404);
  await expect(github.expecting(404, "GET /repos/acme/web")).rejects.toThrow(
    "answered 200, not 404",
  );
});
