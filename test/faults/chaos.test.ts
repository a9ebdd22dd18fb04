import { expect, test } from "vitest";
import type { FaultEffect, FaultMatch } from "github-simulator";
import { runCommand } from "../e2e/support/run-command.ts";
import { startEngine } from "../e2e/support/start-command.ts";
import { startFleet, type TestFleet } from "../e2e/support/start-fleet.ts";
import {
  assertBoundedRequests,
  assertConverges,
  assertImportable,
  assertNewestPat,
  assertNoRepeatedCommit,
  assertNoToken,
  rememberOutside,
} from "./support/properties.ts";

// `npm run test:chaos` sets both.
const first = Number(process.env["GHCR_FLEET_SEED"]);
const until = Date.now() + Number(process.env["GHCR_FLEET_CHAOS_MINUTES"] ?? 0) * 60_000;

test(
  "after random faults, kills and edits by hand, two updates bring everything in order",
  async () => {
    for (let seed = first, rounds = 0; rounds === 0 || Date.now() < until; seed += 1, rounds += 1) {
      try {
        await playRound(seed);
      } catch (error) {
        throw new Error(`npm run test:chaos -- --seed ${seed}`, { cause: error });
      }
    }
  },
  24 * 3_600_000,
);

/** Numbers below a limit, the same ones for the same seed: https://en.wikipedia.org/wiki/Xorshift */
function startRandom(seed: number): (limit: number) => number {
  let state = (seed * 2_654_435_761 + 1) >>> 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % limit;
  };
}

const json = { "content-type": "application/json" };
const answer = (status: number, body: string, headers: Record<string, string> = json) =>
  ({ kind: "answer", status, body, headers }) as const;
const effects: readonly FaultEffect[] = [
  answer(500, "{}"),
  answer(502, "{}"),
  answer(200, "<html></html>", { "content-type": "text/html" }),
  answer(403, '{"message":"You have exceeded a secondary rate limit."}', {
    ...json,
    "retry-after": "1",
  }),
  { kind: "drop", when: "before" },
  { kind: "drop", when: "after" },
  { kind: "truncate", bytes: 20 },
  { kind: "delay", milliseconds: 2_000 },
];

async function playRound(seed: number): Promise<void> {
  const random = startRandom(seed);
  const names = Array.from({ length: 1 + random(4) }, (_, index) => `r${index}`);
  const isShared = random(2) === 0;
  const fleet = await startFleet(
    {
      username: "acme-publisher",
      repositories: names.map((name) => ({ name })),
      secret: { scope: isShared ? "organization" : "repository" },
    },
    { repositories: [...names, "outside"].map((name) => ({ name, dockerfile: "Dockerfile" })) },
    "publisher",
    { linked: true },
  );
  const printed: string[] = [];
  const assertOutsideUntouched = rememberOutside(fleet, ["outside"]);
  try {
    for (let steps = 2 + random(3); steps > 0; steps -= 1) {
      for (let faults = random(3); faults > 0; faults -= 1) injectFault(fleet, names, random);
      printed.push(...(await update(fleet, random)));
      for (let edits = random(3); edits > 0; edits -= 1) editByHand(fleet, names, isShared, random);
    }
    fleet.platform.faults.clear();
    const { exitCode, stdout, stderr } = await runCommand(fleet, ["recover", "test"]);
    expect(exitCode, stdout + stderr).toBe(0);
    printed.push(stdout, stderr);
    const runs = await assertConverges(fleet);
    printed.push(...runs.flatMap(({ stdout, stderr }) => [stdout, stderr]));
    assertNewestPat(fleet, "publisher", isShared ? undefined : names);
    assertBoundedRequests(fleet, 100 * (names.length + 5));
    await assertNoRepeatedCommit(fleet, names);
    assertOutsideUntouched();
    await assertImportable(fleet);
    await assertNoToken(fleet, printed);
  } finally {
    await fleet.close();
  }
}

type Random = ReturnType<typeof startRandom>;

const pick = <T>(list: readonly T[], random: Random) => list[random(list.length)]!;

/** At a write of a repository or of a secret, or at any read. */
function injectFault({ platform }: TestFleet, names: readonly string[], random: Random): void {
  const matches: FaultMatch[] = [
    { method: "PUT", path: "/actions/secrets/" },
    { path: "/graphql", body: `"repositoryNameWithOwner":"acme/${pick(names, random)}"` },
    { method: "GET", path: `/repos/acme/${pick(names, random)}` },
  ];
  const range = { skip: random(3), times: 1 + random(6) };
  platform.faults.inject({ ...pick(matches, random), ...range }, pick(effects, random));
}

/** An update; one in three is killed at one of its writes. */
async function update(fleet: TestFleet, random: Random): Promise<string[]> {
  const up = ["up", "--yes", "--skip-preview", "--continue-on-error", "--stack", "test"];
  const isKilled = random(3) === 0;
  const started = startEngine(fleet, random(2) === 0 ? [...up, "--refresh"] : up);
  const remove = fleet.platform.faults.inject(
    { method: random(2) === 0 ? "PUT" : "POST", skip: random(4), times: 1 },
    { kind: "call", when: "after", run: () => (isKilled ? started.killAll() : undefined) },
  );
  const code = await started.ended;
  remove();
  const output = started.output();
  // P1. A signal leaves no exit code.
  if (code !== null)
    expect(/^\s*error: |\*\*\w+ failed\*\*/m.test(output), output).toBe(code !== 0);
  // While faults last, it may fail, and say so.
  const recovered = await runCommand(fleet, ["recover", "test"]);
  return [output, recovered.stdout, recovered.stderr];
}

function editByHand(
  { platform }: TestFleet,
  names: readonly string[],
  isShared: boolean,
  random: Random,
): void {
  const name = pick(names, random);
  const place = isShared
    ? ({ scope: "organisation", organisation: "acme" } as const)
    : ({ scope: "repository", repository: `acme/${name}` } as const);
  const person = platform.byHand("acme-admin");
  const hasSecret = platform.world.secretValue(place, "GHCR_PAT") !== undefined;
  switch (random(4)) {
    case 0:
      if (hasSecret) person.setSecret(place, "GHCR_PAT", "by hand");
      break;
    case 1:
      if (hasSecret) person.deleteSecret(place, "GHCR_PAT");
      break;
    case 2:
      person.editFiles(`acme/${name}`, { ".github/workflows/ci.yml": "on: push\n" });
      break;
    default:
      person.editFiles(`acme/${name}`, { "README.md": `${random(1000)}\n` });
  }
}
