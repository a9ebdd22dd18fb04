import { afterAll, beforeAll, expect, test } from "vitest";
import { configuredPats } from "../e2e/support/configured-pats.ts";
import { runCommand } from "../e2e/support/run-command.ts";
import { startCommand } from "../e2e/support/start-command.ts";
import { startFleet, type TestFleet } from "../e2e/support/start-fleet.ts";
import {
  assertConverges,
  assertImportable,
  assertNewestPat,
  assertNoToken,
} from "./support/properties.ts";

const names = ["api", "billing", "web"];
let fleet: TestFleet;
const printed: string[] = [];
beforeAll(async () => {
  const settings = {
    username: "acme-publisher",
    secret: { scope: "repository" },
    repositories: names.map((name) => ({ name })),
    waves: [
      { name: "canary", repositories: ["api"] },
      { name: "early", repositories: ["billing"] },
    ],
  };
  fleet = await startFleet(settings, {}, "publisher", { linked: true });
  await fleet.stack.must(["up", "--yes", "--skip-preview"]);
});
afterAll(() => fleet.close());

const value = (name: string) => fleet.platform.world.tokenValue(name);
const expire = (name: string) => {
  fleet.platform.world.state.tokens.get(name)!.expiresAt = new Date(0).toISOString();
};
const rotation = ["rotate", "test", "--yes", "--no-health-gate"];
const fromCommand = [...rotation, "--from-command", "printenv NEW_PAT"];

async function run(args: readonly string[], pat = "publisher") {
  const result = await runCommand(fleet, args, { NEW_PAT: value(pat) });
  printed.push(result.stdout, result.stderr);
  return result;
}

/** When the second wave is written. */
function afterSecondWave(effect: () => void | Promise<void>): void {
  fleet.platform.faults.inject(
    { method: "PUT", path: "/billing/actions/secrets/", times: 1 },
    { kind: "call", when: "after", run: effect },
  );
}

/** Each test continues where the previous one left the fleet. */
test("a new PAT that loses its scope between two waves is taken back from the repositories that have it", async () => {
  afterSecondWave(() => {
    fleet.platform.world.state.tokens.get("next-publisher")!.scopes = ["read:packages"];
  });
  const { exitCode, stdout, stderr } = await run(fromCommand, "next-publisher");
  expect(exitCode, stdout + stderr).toBe(1);
  expect(stdout).toMatch(
    /the new PAT cannot be used any more \(the token has only read:packages .*\): repositories that have it get the old one back/,
  );
  expect(stdout).toContain("Give the fleet another PAT: ghcr-fleet rotate test");
  assertNewestPat(fleet, "publisher", names);
  // It can still be revoked.
  expect(await configuredPats(fleet)).toEqual({ pat: "publisher", previousPat: "next-publisher" });
});

test("killed between two waves, with a new PAT that expires then, another one takes its place", async () => {
  const started = startCommand(fleet, fromCommand, { NEW_PAT: value("third-publisher") });
  afterSecondWave(() => started.killAll());
  await started.ended;
  printed.push(started.output());
  expire("third-publisher");
  assertNewestPat(fleet, "third-publisher", ["api", "billing"]);
  assertNewestPat(fleet, "publisher", ["web"]);
  const recovered = await run(["recover", "test"]);
  expect(recovered.exitCode, recovered.stdout + recovered.stderr).toBe(0);

  const { exitCode, stdout, stderr } = await run(fromCommand, "fourth-publisher");
  expect(exitCode, stdout + stderr).toBe(0);
  expect(stdout).toContain("give the repositories that have it the old PAT back");
  assertNewestPat(fleet, "fourth-publisher", names);
  expect(await configuredPats(fleet)).toEqual({
    pat: "fourth-publisher",
    previousPat: "publisher",
  });
  expect(await assertConverges(fleet)).toHaveLength(1);
  await assertImportable(fleet);
  await assertNoToken(fleet, printed);
});
