import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FaultyRequest } from "github-simulator";
import { runCommand } from "../support/run-command.ts";
import { startEngine, type StartedCommand } from "../support/start-command.ts";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";
import { gitHubAs } from "../../support/github-as.ts";

let fleet: TestFleet;
beforeAll(async () => {
  const repositories = [
    { name: "api", dockerfile: "Dockerfile" },
    { name: "web", dockerfile: "Dockerfile", rules: [{ requirePullRequest: true }] },
  ];
  const settings = {
    username: "acme-publisher",
    defaults: { actions: { tokenPermissions: "read" } },
    repositories: [{ match: "*" }],
  };
  // So that the update has to write the setting of each repository.
  const organisation = { login: "acme", defaultWorkflowPermissions: "write" } as const;
  const seed = { organisation, repositories };
  fleet = await startFleet(settings, seed, "publisher", { linked: true });
});
afterAll(() => fleet.close());

/**
 * From now on, after GitHub's first completed write, the engine and all its child processes are
 * killed before they receive the answer.
 */
function killAtEachWrite(): {
  watch(command: StartedCommand): void;
  killed: ReadonlySet<string>;
} {
  let victim: StartedCommand | undefined;
  const killed = new Set<string>();
  const run = async ({ method, path, body }: FaultyRequest) => {
    const repository = /"repositoryNameWithOwner":"([^"]+)","branchName":"(\w+)/.exec(body) ?? [];
    const write = [method, path, ...repository.slice(1)].join(" ");
    if (killed.has(write)) return;
    const command = victim;
    victim = undefined;
    if (!command) return;
    killed.add(write);
    await command.killAll();
  };
  const writes = [
    { method: "PUT" },
    { method: "DELETE" },
    { method: "PATCH" },
    { method: "POST", path: /^\/(?:orgs|repos)\// },
    { path: "/graphql", body: "createCommitOnBranch" },
  ];
  for (const match of writes) {
    fleet.platform.faults.inject(match, { kind: "call", when: "after", run });
  }
  return { watch: (command) => void (victim = command), killed };
}

test("killed at every single write, before the state contains it, an update still completes", async () => {
  const { stack, platform } = fleet;
  const { watch, killed } = killAtEachWrite();
  for (let before = -1; before < killed.size;) {
    before = killed.size;
    // One write after the other, so that each is once the last completed one.
    const up = ["up", "--yes", "--skip-preview", "--parallel", "1", "--stack", "test"];
    const started = startEngine(fleet, up);
    watch(started);
    const code = await started.ended;
    if (killed.size === before) {
      expect(code, started.output()).toBe(0);
      break;
    }
    // The engine writes it in two steps, and may be killed between them.
    const sidecar = join(fleet.stack.folder, "state/.pulumi/stacks/ghcr-fleet/test.json.attrs");
    if (before === 0) await writeFile(sidecar, "");
    const recovered = await runCommand(fleet, ["recover", "test"]);
    expect(recovered.exitCode, recovered.stdout + recovered.stderr).toBe(0);
    expect(recovered.stdout).toContain("test: removed the lock of ");
    if (before === 0) expect(recovered.stdout).toContain(`removed ${sidecar}: it was incomplete`);
  }
  expect([...killed]).toEqual(
    expect.arrayContaining([
      "PUT /orgs/acme/actions/secrets/GHCR_PAT",
      "POST /orgs/acme/actions/variables",
      "PUT /repos/acme/web/actions/permissions/workflow",
      "POST /graphql acme/web ghcr",
      "POST /repos/acme/web/pulls",
    ]),
  );
  const written = fleet.takeWrites();
  expect(written.filter((write) => write === "POST /repos/acme/web/pulls")).toHaveLength(1);
  const github = gitHubAs(platform, "admin");
  for (const place of ["api/commits?sha=main", "web/commits?sha=main"]) {
    const { body } = await github(`GET /repos/acme/${place}`);
    expect(body).toHaveLength(place.startsWith("api") ? 2 : 1);
  }

  const { world } = platform;
  expect(world.secretValue({ scope: "organisation", organisation: "acme" }, "GHCR_PAT")).toBe(
    world.tokenValue("publisher"),
  );
  const again = await stack.up(["--refresh", "--skip-preview"]);
  expect(again.exitCode, again.stdout).toBe(0);
  expect(fleet.takeWrites()).toEqual([]);
  const { stdout } = await stack.must(["stack", "export"]);
  expect(JSON.parse(stdout).deployment.pending_operations ?? []).toEqual([]);
  await stack.must(["stack", "import"], { input: stdout });
}, 400_000);
