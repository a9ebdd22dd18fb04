import { afterAll, beforeAll, expect, test } from "vitest";
import type { FaultMatch } from "github-simulator";
import { hashToken } from "../../src/github/tokens/inspect-token.ts";
import { configuredPats } from "../e2e/support/configured-pats.ts";
import { runCommand } from "../e2e/support/run-command.ts";
import { startCommand } from "../e2e/support/start-command.ts";
import { startFleet, type TestFleet } from "../e2e/support/start-fleet.ts";
import {
  assertCommits,
  assertConverges,
  assertImportable,
  assertNewestPat,
  assertNoToken,
} from "./support/properties.ts";
import { pick, startRandom } from "./support/random.ts";
import { saveFleet } from "./support/saved-fleet.ts";

/** `before`: the write does not reach GitHub; `after`: it does, and the state does not know. */
type When = "before" | "after";

const secretOf = (name: string) => `/repos/acme/${name}/actions/secrets/GHCR_PAT`;
const shared = "/orgs/acme/actions/secrets/GHCR_PAT";
const commitOf = (name: string): FaultMatch => ({
  path: "/graphql",
  body: `"repositoryNameWithOwner":"acme/${name}"`,
});

/** Every write of a first rollout in waves, by what it does. */
const rolloutWrites: Record<string, FaultMatch> = {
  "the shared secret": { method: "PUT", path: shared },
  "the shared variable": { method: "POST", path: "/orgs/acme/actions/variables" },
  "the first wave's commit": commitOf("api"),
  "the second wave's secret": { method: "PUT", path: secretOf("billing") },
  "the second wave's variable": { method: "POST", path: "/billing/actions/variables" },
  "the second wave's commit": commitOf("billing"),
  "the last wave's commit": commitOf("web"),
};

/** Every write of a rotation, by what it does. */
const secondWave = "the second wave's secret";
const endOfTrial = "the end of the trial";
const rotationWrites: Record<string, FaultMatch> = {
  "the trial's secret": { method: "PUT", path: secretOf("api") },
  "the shared secret": { method: "PUT", path: shared },
  [secondWave]: { method: "PUT", path: secretOf("billing") },
  [endOfTrial]: { method: "DELETE", path: secretOf("api") },
};

const cases = (writes: object) =>
  Object.keys(writes).flatMap((write) =>
    (["before", "after"] as const).map((when): [When, string] => [when, write]),
  );
const random = startRandom(Number(process.env["GHCR_FLEET_SEED"]));
const rollouts = cases(rolloutWrites);
const rotations = cases(rotationWrites);
/** In each run: the rotation stops while two of three repositories have the new PAT. */
const isAlways = ([when, write]: [When, string]) => when === "before" && write === secondWave;
const drawn = pick(
  [...rollouts, ...rotations].filter((each) => !isAlways(each)),
  random,
);
/** All kills take minutes; usually there is another one in each run, which the seed repeats. */
const isLong = process.env["GHCR_FLEET_CHAOS_MINUTES"] !== undefined;
const killedRollouts = rollouts.filter((each) => isLong || each === drawn);
/** The kills of each rotation, in the order of its writes. */
const killedRotations = isLong
  ? rotations.map((each) => [each])
  : [rotations.filter((each) => isAlways(each) || each === drawn)];

const names = ["api", "billing", "web"];
let fleet: TestFleet;
let restoreNew: () => Promise<void>;
/** After the first update, or a rollout in its place. */
let restoreApplied: (() => Promise<void>) | undefined;
/** Recovered from the kill that each run has. */
let restoreRecovered: (() => Promise<void>) | undefined;
const printed: string[] = [];
beforeAll(async () => {
  const settings = {
    username: "acme-publisher",
    repositories: [{ match: "*" }, { name: "billing", secret: { scope: "repository" } }],
    waves: [
      { name: "canary", repositories: ["api"] },
      { name: "early", repositories: ["billing"] },
    ],
  };
  const repositories = names.map((name) => ({ name, dockerfile: "Dockerfile" }));
  fleet = await startFleet(settings, { repositories }, "publisher", { linked: true });
  restoreNew = await saveFleet(fleet);
});
afterAll(() => fleet.close());

const flags = ["test", "--yes", "--no-health-gate"];
const withPat = (name: string) => ({ NEW_PAT: fleet.platform.world.tokenValue(name) });

/** Runs a command until it is killed at this write, and recovers. */
async function killAt(args: readonly string[], match: FaultMatch, when: When): Promise<void> {
  const started = startCommand(fleet, args, withPat("next-publisher"));
  let isKilled = false;
  const run = async () => {
    isKilled = true;
    await started.killAll();
    // GitHub does not do what it did not receive.
    if (when === "before") throw new Error("killed before the write");
  };
  fleet.platform.faults.inject({ ...match, times: 1 }, { kind: "call", when, run });
  await started.ended;
  printed.push(started.output());
  expect(isKilled, started.output()).toBe(true);
  await must(["recover", "test"]);
}

async function must(args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCommand(fleet, args);
  printed.push(stdout, stderr);
  expect(exitCode, stdout + stderr).toBe(0);
  return stdout;
}

/** The name of a token by its hash. */
function nameOf(hash: string | undefined): string | undefined {
  const tokens = [...fleet.platform.world.state.tokens.values()];
  return tokens.find(({ value }) => hashToken(value) === hash)?.name;
}

/** The PAT of each secret, as the state says. */
async function recorded(): Promise<Record<string, string | undefined>> {
  const { stdout } = await fleet.stack.must(["stack", "export"]);
  const { resources } = JSON.parse(stdout).deployment as { resources: RecordedResource[] };
  const secrets = resources.filter(({ type }) => type === "ghcr:index:RegistrySecret");
  return Object.fromEntries(
    secrets.map(({ urn, outputs }) => [urn.split("::").at(-1), nameOf(outputs.hash)]),
  );
}

interface RecordedResource {
  readonly type: string;
  readonly urn: string;
  readonly outputs: { readonly hash?: string };
}

function assertSecrets(pat: string): void {
  assertNewestPat(fleet, pat);
  assertNewestPat(fleet, pat, ["billing"]);
  const own = fleet.platform.world.secretValue(
    { scope: "repository", repository: "acme/api" },
    "GHCR_PAT",
  );
  expect(own).toBeUndefined();
}

async function assertInOrder(pat: string): Promise<void> {
  assertSecrets(pat);
  await assertCommits(fleet, Object.fromEntries(names.map((name) => [name, 2])));
  const runs = await assertConverges(fleet);
  expect(runs).toHaveLength(1);
  await assertImportable(fleet);
  await assertNoToken(fleet, [
    ...printed,
    ...runs.flatMap(({ stdout, stderr }) => [stdout, stderr]),
  ]);
}

test.each(killedRollouts)(
  "a rollout that is killed %s %s is recovered and resumed",
  async (when, write) => {
    await restoreNew();
    await killAt(["rollout", ...flags], rolloutWrites[write]!, when);
    await must(["rollout", ...flags, "--resume"]);
    await assertInOrder("publisher");
    restoreApplied ??= await saveFleet(fleet);
  },
);

async function restoreFirstUpdate(): Promise<void> {
  if (restoreApplied) return restoreApplied();
  await restoreNew();
  await fleet.stack.must(["up", "--yes", "--skip-preview"]);
  restoreApplied = await saveFleet(fleet);
}

const rotate = ["rotate", ...flags, "--from-command", "printenv NEW_PAT"];

test.each(killedRotations.map((kills) => [placesOf(kills), kills] as const))(
  "a rotation that is killed %s is recovered and resumed; until all have the new PAT, no other one starts",
  async (_, kills) => {
    await restoreFirstUpdate();
    const first = printed.length;
    let next = rotate;
    for (const kill of kills) {
      const [when, write] = kill;
      await killAt(next, rotationWrites[write]!, when);
      next = ["rotate", ...flags, "--resume"];
      if (write === secondWave) {
        expect(await configuredPats(fleet)).toEqual({
          pat: "next-publisher",
          nextPat: "next-publisher",
          previousPat: "publisher",
        });
        expect(await recorded()).toEqual({
          GHCR_PAT: "next-publisher",
          "api/GHCR_PAT": "next-publisher",
          // What was written without the state's knowledge is found by its date, and written again.
          "billing/GHCR_PAT": when === "before" ? "publisher" : undefined,
        });
        if (isAlways(kill)) restoreRecovered = await saveFleet(fleet);
      }
      // At the end of the trial all have it, and the configuration names no next one.
      if (write === endOfTrial) continue;
      const refused = await runCommand(fleet, rotate, withPat("third-publisher"));
      printed.push(refused.stdout, refused.stderr);
      expect(refused.exitCode).toBe(1);
      expect(refused.stderr).toContain("a rotation of test is not finished");
    }
    await must(next);
    // A rotation that goes on takes nothing back.
    expect(printed.slice(first).join("")).not.toContain("withdrawal");
    await assertInOrder("next-publisher");
    expect(await configuredPats(fleet)).toEqual({
      pat: "next-publisher",
      previousPat: "publisher",
    });
    expect(await recorded()).toEqual({
      GHCR_PAT: "next-publisher",
      "billing/GHCR_PAT": "next-publisher",
    });
  },
);

const token = (name: string) => fleet.platform.world.state.tokens.get(name)!;

test("killed between two waves, with a new PAT that expires then, another one takes its place", async () => {
  await restoreRecovered!();
  token("next-publisher").expiresAt = new Date(0).toISOString();
  const args = [...rotate, "--json"];
  const { exitCode, stdout, stderr } = await runCommand(fleet, args, withPat("fourth-publisher"));
  printed.push(stdout, stderr);
  expect(exitCode, stdout + stderr).toBe(0);
  expect(stdout).toContain("give the repositories that have it the old PAT back");
  // Withdrawal, trial, all secrets with the new PAT, and the end of the trial: another configuration each.
  expect(stdout.match(/"type":"previewing"/g)).toHaveLength(4);
  expect(await configuredPats(fleet)).toEqual({
    pat: "fourth-publisher",
    previousPat: "publisher",
  });
  await assertInOrder("fourth-publisher");
});

test("a new PAT that loses its scope between two waves is taken back from the repositories that have it", async () => {
  await restoreFirstUpdate();
  fleet.platform.faults.inject(
    { method: "PUT", path: shared, times: 1 },
    {
      kind: "call",
      when: "after",
      run: () => void (token("third-publisher").scopes = ["read:packages"]),
    },
  );
  const { exitCode, stdout, stderr } = await runCommand(fleet, rotate, withPat("third-publisher"));
  printed.push(stdout, stderr);
  expect(exitCode, stdout + stderr).toBe(1);
  expect(stdout).toMatch(
    /the new PAT cannot be used any more \(the token has only read:packages .*\): repositories that have it get the old one back/,
  );
  expect(stdout).toContain("Give the fleet another PAT: ghcr-fleet rotate test");
  // It can still be revoked.
  expect(await configuredPats(fleet)).toEqual({ pat: "publisher", previousPat: "third-publisher" });
  assertSecrets("publisher");
});

function placesOf(kills: readonly [When, string][]): string {
  return kills.map(([when, write]) => `${when} ${write}`).join(", and ");
}
