import { readFile } from "node:fs/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { isRunning } from "../../../src/is-running.ts";
import { descendants, startEngine } from "../support/start-command.ts";
import { policyPack, startFleet } from "../support/start-fleet.ts";

test("waits for GitHub are shown at the resource that waits", async () => {
  const fleet = await startFleet({
    repositories: [{ name: "api" }, { name: "web" }],
    secret: { scope: "repository" },
  });
  onTestFinished(() => fleet.close());
  const { faults } = fleet.platform;
  const headers = { "content-type": "application/json", "retry-after": "1" };
  const limit = {
    kind: "answer",
    status: 403,
    body: '{"message":"You have exceeded a secondary rate limit."}',
    headers,
  } as const;
  faults.inject({ path: "/graphql", body: "query Fleet", times: 1 }, limit);
  faults.inject({ method: "PUT", path: "/api/actions/secrets/GHCR_PAT", times: 1 }, limit);
  faults.inject(
    { path: "/graphql", body: "createCommitOnBranch", times: 1 },
    { kind: "answer", status: 502, body: "{}", headers },
  );
  const { exitCode, stdout } = await fleet.stack.up(["--skip-preview"]);
  expect(exitCode, stdout).toBe(0);
  const wait = "GitHub's secondary rate limit is used up: waiting 1 s";
  expect(stdout).toMatch(new RegExp(`pulumi:pulumi:Stack .* ${wait}`));
  expect(stdout).toMatch(new RegExp(`RegistrySecret api/GHCR_PAT .* ${wait}`));
  expect(stdout).toMatch(/RepositoryPublishing \w+ .* GitHub answered 502: asking again in 1 s/);
});

test("what a killed engine has started ends by itself", async () => {
  const repositories = [{ name: "api" }];
  const fleet = await startFleet({ repositories }, {}, "publisher", { linked: true });
  onTestFinished(() => fleet.close());
  const arrived = Promise.withResolvers<undefined>();
  const answered = Promise.withResolvers<undefined>();
  onTestFinished(() => answered.resolve(undefined));
  fleet.platform.faults.inject(
    { method: "PUT", path: /actions\/secrets/ },
    {
      kind: "call",
      when: "before",
      async run() {
        arrived.resolve(undefined);
        await answered.promise;
      },
    },
  );
  const args = ["up", "--yes", "--skip-preview", "--stack", "test", ...policyPack];
  const up = startEngine(fleet, args);
  await Promise.race([arrived.promise, up.ended.then(() => expect.fail(up.output()))]);
  const pids = await descendants(up.child.pid ?? 0);
  const programs = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8")));
  expect(programs.join("\n")).toMatch(/language-nodejs[^]*cmd\/run(?!-)[^]*provider\/start\.mjs/);
  // It has the configuration with its secrets.
  expect(programs.join("\n")).toContain("run-policy-pack");
  // The official providers look for their engine once in five minutes: ours ends them.
  expect(programs.join("\n")).toMatch(/resource-(?:github|random)/);
  up.child.kill("SIGKILL");
  await vi.waitFor(() => expect(pids.filter(isRunning)).toEqual([]), { timeout: 15_000 });
});
