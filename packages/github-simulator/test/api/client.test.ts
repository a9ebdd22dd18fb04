import { parseSeed, startSimulator } from "../../src/index.ts";
import { expect, onTestFinished, test } from "vitest";
import { createClient } from "../support/client.ts";
import { deviations } from "../support/openapi.ts";

test("a call that fails fails the test, unless it names the status that it expects", async () => {
  const seed = parseSeed({
    organisation: { login: "acme" },
    users: [{ login: "ada", role: "admin" }],
    tokens: [{ name: "admin", owner: "ada", scopes: ["repo"] }],
    repositories: [{ name: "web" }],
  });
  const simulator = await startSimulator({ actions: false, seed });
  onTestFinished(() => simulator.close());
  const github = createClient(simulator, "admin");

  expect((await github("GET /repos/acme/web")).body.name).toBe("web");
  await expect(github("GET /repos/acme/gone")).rejects.toThrow(
    "GET /repos/acme/gone: answered 404, not 2xx without errors",
  );
  expect((await github.attempt("GET /repos/acme/gone")).status).toBe(404);
  const query = { query: '{ repository(owner: "acme", name: "gone") { id } }' };
  await expect(github("POST /graphql", query)).rejects.toThrow("NOT_FOUND");
  expect((await github.expecting(404, "GET /repos/acme/gone")).status).toBe(404);
  await expect(github.expecting(404, "GET /repos/acme/web")).rejects.toThrow(
    "answered 200, not 404",
  );

  simulator.faults.inject({ path: "/acme/web" }, { kind: "answer", status: 418 });
  for (const accept of ["application/json", "application/vnd.github.raw", "*/*"]) {
    const call = github.attempt("GET /repos/acme/web", undefined, { accept });
    await expect(call).rejects.toThrow("repos/get: no status 418");
  }
});

test("a status that GitHub does not document for the operation, and the simulator's own 501, fail it", () => {
  const path = "/repos/acme/web/commits";
  const refusal = JSON.stringify({ message: "x", documentation_url: "x", status: "418" });
  expect(deviations("GET", path, 404, refusal)).toEqual([]);
  expect(deviations("GET", path, 418, refusal)).toEqual(["repos/list-commits: no status 418"]);
  expect(deviations("GET", path, 501, refusal)).toEqual(["repos/list-commits: no status 501"]);
  for (const body of ["[]", undefined]) {
    expect(deviations("GET", path, 202, body)).toEqual(["repos/list-commits: no status 202"]);
  }
});
