import { afterAll, beforeAll, expect, test } from "vitest";
import { gitHubAs } from "../../support/github-as.ts";
import { runCommand } from "../support/run-command.ts";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";

const settings = {
  username: "acme-publisher",
  defaults: { actions: { requirePinnedActions: true } },
  repositories: [{ match: "*" }],
};

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startFleet(settings, {}, "publisher", { linked: true });
  const applied = await fleet.stack.up(["--skip-preview"]);
  expect(applied.exitCode, applied.stdout).toBe(0);
});
afterAll(() => fleet.close());

async function renameAndDelete(name: string, newName: string, deleted: string): Promise<void> {
  const { world } = fleet.platform;
  await gitHubAs(fleet.platform, "admin")(`PATCH /repos/acme/${name}`, { name: newName });
  world.state.repositories.delete(world.repository(`acme/${deleted}`).id);
  fleet.takeWrites();
}

async function run(...args: string[]) {
  const { exitCode, stdout, stderr } = await runCommand(fleet, args);
  // Messages are wrapped at the width of the terminal.
  const text = `${stdout}${stderr}`.replaceAll(/\s+/g, " ");
  return { exitCode, text, writes: fleet.takeWrites() };
}

test("drift, then recover, name a renamed and a deleted repository, and the next update is in order", async () => {
  await renameAndDelete("api", "gateway", "mailer");
  const drift = await run("drift", "test");
  expect(drift).toMatchObject({ exitCode: 3, writes: [] });
  expect(drift.text).toContain("acme/api is now acme/gateway");
  expect(drift.text).toContain("acme/mailer was deleted");

  const recovered = await run("recover", "test");
  expect(recovered, recovered.text).toMatchObject({ exitCode: 0, writes: [] });
  expect(recovered.text).toContain("acme/api is now acme/gateway: what the stack had of it leaves");
  expect(recovered.text).toContain("acme/mailer was deleted, or the admin token may not see it");

  const env = { GHCR_FLEET_ALLOW_REMOVALS: "2" };
  const { exitCode, stdout } = await fleet.stack.up(["--skip-preview"], { env });
  expect(exitCode, stdout).toBe(0);
  const { world } = fleet.platform;
  const ci = world.readFile(world.repository("acme/gateway"), "main", ".github/workflows/ci.yml");
  expect(ci?.toString("utf8")).toContain("ghcr.io/acme/gateway");
  expect(await run("drift", "test")).toMatchObject({ exitCode: 0 });
});

test("rollout --refresh goes on with the others, takes in the new name, and repairs what drift --fix may not", async () => {
  await renameAndDelete("web", "shop", "search");
  const { platform } = fleet;
  const organisation = { scope: "organisation", organisation: "acme" } as const;
  platform.byHand("acme-admin").setSecret(organisation, "GHCR_PAT", "copied from a chat");
  const env = { GHCR_FLEET_ALLOW_REMOVALS: "2" };
  const fix = await runCommand(fleet, ["drift", "test", "--fix"], env);
  expect([fix.exitCode, fleet.takeWrites()]).toEqual([1, []]);
  expect(fix.stdout).not.toMatch(/urn:|--target/);
  expect(fix.stdout.replaceAll(/\s+/g, " ")).toContain(
    "not repaired search, web left the fleet, or got another name, and no update has applied that yet; until then, what all repositories share cannot be repaired alone: `ghcr-fleet rollout test --refresh` does both",
  );
  const rollout = [
    "rollout",
    "--yes",
    "test",
    "--refresh",
    "--no-health-gate",
    "--allow-removals",
    "2",
  ];
  const { exitCode, text } = await run(...rollout);
  expect(exitCode, text).toBe(0);
  expect(text).toContain("acme/web is now acme/shop");
  expect(text).toContain("acme/search was deleted");
  const { world } = platform;
  expect(world.secretValue(organisation, "GHCR_PAT")).toBe(world.tokenValue("publisher"));
  const ci = world.readFile(world.repository("acme/shop"), "main", ".github/workflows/ci.yml");
  expect(ci?.toString("utf8")).toContain("ghcr.io/acme/shop");
});
