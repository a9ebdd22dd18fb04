import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { FaultyRequest } from "github-simulator";
import { runCommand } from "../e2e/support/run-command.ts";
import { startEngine, type StartedCommand } from "../e2e/support/start-command.ts";
import { startFleet, type TestFleet } from "../e2e/support/start-fleet.ts";
import { gitHubAs } from "../support/github-as.ts";
import {
  assertCommits,
  assertConverges,
  assertImportable,
  assertNewestPat,
  assertNoToken,
} from "./support/properties.ts";

/** `before`: the write does not reach GitHub; `after`: it does, and the state does not know. */
type When = "before" | "after";

function startKilledFleet(): Promise<TestFleet> {
  const repositories = [
    { name: "api", dockerfile: "Dockerfile" },
    { name: "web", dockerfile: "Dockerfile", rules: [{ requirePullRequest: true }] },
  ];
  const settings = {
    username: "acme-publisher",
    repositories: [{ match: "*" }, { name: "web", actions: { tokenPermissions: "read" } }],
  };
  // So that the update has to write the setting.
  const organisation = { login: "acme", defaultWorkflowPermissions: "write" } as const;
  const seed = { organisation, repositories };
  return startFleet(settings, seed, "publisher", { linked: true });
}

/**
 * From now on, at GitHub's first write that has not seen this yet, the engine and all its child processes
 * are killed before they receive the answer.
 */
function killAtEachWrite(
  fleet: TestFleet,
  when: When,
): { watch(command: StartedCommand): void; killed: ReadonlySet<string> } {
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
    // Nobody waits for an answer any more, and GitHub does not do what it did not receive.
    if (when === "before") throw new Error("killed before the write");
  };
  const writes = [
    { method: "PUT" },
    { method: "DELETE" },
    { method: "PATCH" },
    { method: "POST", path: /^\/(?:orgs|repos)\// },
    { path: "/graphql", body: "createCommitOnBranch" },
  ];
  for (const match of writes) fleet.platform.faults.inject(match, { kind: "call", when, run });
  return { watch: (command) => void (victim = command), killed };
}

test.concurrent.each<When>(["before", "after"])(
  "killed at every single write, %s it, a first update still completes",
  async (when) => {
    const fleet = await startKilledFleet();
    try {
      const printed = await updateUntilComplete(fleet, when);
      expect(fleet.platform.world.repository("acme/web").pulls).toHaveLength(1);
      await assertCommits(fleet, { api: 2, web: 1 });
      assertNewestPat(fleet, "publisher");
      const github = gitHubAs(fleet.platform, "admin");
      await github("PUT /repos/acme/web/pulls/1/merge");
      // The first update deletes the branch of the merged pull request.
      expect(await assertConverges(fleet)).toHaveLength(2);
      await assertImportable(fleet);
      await assertNoToken(fleet, printed);
    } finally {
      await fleet.close();
    }
  },
  400_000,
);

/** @returns what the commands printed */
async function updateUntilComplete(fleet: TestFleet, when: When): Promise<string[]> {
  const { watch, killed } = killAtEachWrite(fleet, when);
  const printed: string[] = [];
  for (let before = -1; before < killed.size;) {
    before = killed.size;
    // One write after the other, so that each is once the last completed one.
    const up = ["up", "--yes", "--skip-preview", "--parallel", "1", "--stack", "test"];
    const started = startEngine(fleet, up);
    watch(started);
    const code = await started.ended;
    printed.push(started.output());
    if (killed.size === before) {
      expect(code, started.output()).toBe(0);
      break;
    }
    // The engine writes it in two steps, and may be killed between them.
    const sidecar = join(fleet.stack.folder, "state/.pulumi/stacks/ghcr-fleet/test.json.attrs");
    if (before === 0) await writeFile(sidecar, "");
    const recovered = await runCommand(fleet, ["recover", "test"]);
    printed.push(recovered.stdout, recovered.stderr);
    expect(recovered.exitCode, recovered.stdout + recovered.stderr).toBe(0);
    expect(recovered.stdout).toContain("test: removed the lock of ");
    if (before === 0) expect(recovered.stdout).toContain(`removed ${sidecar}: it was incomplete`);
  }
  fleet.platform.faults.clear();
  expect([...killed]).toEqual(
    expect.arrayContaining([
      "PUT /orgs/acme/actions/secrets/GHCR_PAT",
      "POST /orgs/acme/actions/variables",
      "PUT /repos/acme/web/actions/permissions/workflow",
      "POST /graphql acme/web ghcr",
      "POST /repos/acme/web/pulls",
    ]),
  );
  return printed;
}
