import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
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

/** Writes, each before it reaches GitHub, and after: then the state does not know. */
interface Killed {
  readonly before: Set<string>;
  readonly after: Set<string>;
}

/**
 * From now on, the engine and all its child processes are killed at GitHub's first write that has not seen this yet: once
 * before it arrives, and once before they receive the answer.
 */
function killAtEachWrite(fleet: TestFleet): {
  watch(command: StartedCommand): void;
  killed: Killed;
} {
  let victim: StartedCommand | undefined;
  const killed: Killed = { before: new Set(), after: new Set() };
  const kill = (when: keyof Killed) => async (request: FaultyRequest) => {
    const write = nameOf(request);
    const command = victim;
    if (!command || killed[when].has(write)) return;
    victim = undefined;
    killed[when].add(write);
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
  for (const match of writes) {
    for (const when of ["before", "after"] as const) {
      fleet.platform.faults.inject(match, { kind: "call", when, run: kill(when) });
    }
  }
  return { watch: (command) => void (victim = command), killed };
}

function nameOf({ method, path, body }: FaultyRequest): string {
  const repository = /"repositoryNameWithOwner":"([^"]+)","branchName":"(\w+)/.exec(body) ?? [];
  return [method, path, ...repository.slice(1)].join(" ");
}

test("killed at every single write, before it and after it, a first update still completes", async () => {
  const fleet = await startKilledFleet();
  onTestFinished(() => fleet.close());
  const printed = await updateUntilComplete(fleet);
  expect(fleet.platform.world.repository("acme/web").pulls).toHaveLength(1);
  await assertCommits(fleet, { api: 2, web: 1 });
  assertNewestPat(fleet, "publisher");
  const github = gitHubAs(fleet.platform, "admin");
  await github("PUT /repos/acme/web/pulls/1/merge");
  // The first update deletes the branch of the merged pull request.
  expect(await assertConverges(fleet)).toHaveLength(2);
  await assertImportable(fleet);
  await assertNoToken(fleet, printed);
}, 900_000);

/** @returns what the commands printed */
async function updateUntilComplete(fleet: TestFleet): Promise<string[]> {
  const { watch, killed } = killAtEachWrite(fleet);
  const count = () => killed.before.size + killed.after.size;
  const printed: string[] = [];
  for (let before = -1; before < count();) {
    before = count();
    // One write after the other, so that each is once the last completed one.
    const up = ["up", "--yes", "--skip-preview", "--parallel", "1", "--stack", "test"];
    const started = startEngine(fleet, up);
    watch(started);
    const code = await started.ended;
    printed.push(started.output());
    if (count() === before) {
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
  for (const writes of [killed.before, killed.after]) {
    expect([...writes]).toEqual(
      expect.arrayContaining([
        "PUT /orgs/acme/actions/secrets/GHCR_PAT",
        "POST /orgs/acme/actions/variables",
        "PUT /repos/acme/web/actions/permissions/workflow",
        "POST /graphql acme/web ghcr",
        "POST /repos/acme/web/pulls",
      ]),
    );
  }
  return printed;
}
