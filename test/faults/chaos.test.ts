import { expect, test } from "vitest";
import type { FaultEffect, FaultMatch } from "github-simulator";
import { runCommand } from "../e2e/support/run-command.ts";
import { startCommand, startEngine, type StartedCommand } from "../e2e/support/start-command.ts";
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
import { pick, startRandom, type Random } from "./support/random.ts";

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

/** Of the seed: the one that the fleet ends with is never lost. */
const rotated = ["publisher", "next-publisher", "third-publisher"] as const;
const last = "fourth-publisher";

interface Round {
  readonly fleet: TestFleet;
  readonly names: readonly string[];
  readonly isShared: boolean;
  readonly random: Random;
  readonly printed: string[];
  /** A rotation has begun, which may have stopped anywhere. */
  hasRotated: boolean;
}

async function playRound(seed: number): Promise<void> {
  const random = startRandom(seed);
  const names = Array.from({ length: 1 + random(4) }, (_, index) => `r${index}`);
  const isShared = random(2) === 0;
  const fleet = await startFleet(
    {
      username: "acme-publisher",
      repositories: names.map((name) => ({ name })),
      secret: { scope: isShared ? "organization" : "repository" },
      waves: [{ name: "canary", repositories: names.slice(0, 1) }],
    },
    { repositories: [...names, "outside"].map((name) => ({ name, dockerfile: "Dockerfile" })) },
    "publisher",
    { linked: true },
  );
  const printed: string[] = [];
  const round: Round = { fleet, names, isShared, random, printed, hasRotated: false };
  const assertOutsideUntouched = rememberOutside(fleet, ["outside"]);
  try {
    for (let steps = 2 + random(3); steps > 0; steps -= 1) {
      for (let faults = random(3); faults > 0; faults -= 1) injectFault(fleet, names, random);
      await playStep(round);
      for (let edits = random(3); edits > 0; edits -= 1) editByHand(fleet, names, isShared, random);
    }
    fleet.platform.faults.clear();
    await must(round, ["recover", "test"]);
    if (round.hasRotated) await endRotation(round);
    const runs = await assertConverges(fleet);
    printed.push(...runs.flatMap(({ stdout, stderr }) => [stdout, stderr]));
    assertNewestPat(fleet, round.hasRotated ? last : "publisher", isShared ? undefined : names);
    expect(isShared ? shadows(round) : []).toEqual([]);
    assertBoundedRequests(fleet, 200 * (names.length + 5));
    await assertNoRepeatedCommit(fleet, names);
    assertOutsideUntouched();
    await assertImportable(fleet);
    await assertNoToken(fleet, printed);
  } finally {
    await fleet.close();
  }
}

const flags = ["test", "--yes", "--no-health-gate"];
const fromCommand = ["--from-command", "printenv NEW_PAT"];

/** An update, a rollout or a rotation; one in three is killed at one of its writes. */
async function playStep(round: Round): Promise<void> {
  const { fleet, random } = round;
  switch (random(6)) {
    case 0:
      return runKilled(round, () => startCommand(fleet, ["rollout", ...flags]));
    case 1:
      return rotate(round, fromCommand);
    case 2:
      if (round.hasRotated) return rotate(round, [pick(["--resume", "--abort"], random)]);
      break;
    default:
  }
  const up = ["up", "--yes", "--skip-preview", "--continue-on-error", "--stack", "test"];
  const args = random(2) === 0 ? [...up, "--refresh"] : up;
  return runKilled(round, () => startEngine(fleet, args), assertEngineExit);
}

function assertEngineExit(code: number, output: string): void {
  expect(/^\s*error: |\*\*\w+ failed\*\*/m.test(output), output).toBe(code !== 0);
}

/** Of a rollout or rotation: each way to end has its code and its words, and none is an internal error. */
function assertCommandExit(code: number, output: string): void {
  expect([0, 1, 2, 3], output).toContain(code);
  expect(output).not.toContain("a bug in ghcr-fleet");
  if (code === 0) expect(output).not.toMatch(/ {2}failed {2}/);
}

/** In one of three, the PAT loses its scope or expires after a write, and may get its scope back later. */
async function rotate(round: Round, option: readonly string[]): Promise<void> {
  const { fleet, random } = round;
  const { faults, world } = fleet.platform;
  const candidate = pick(rotated, random);
  const token = world.state.tokens.get(candidate)!;
  const { scopes } = token;
  const loss = random(6);
  const remove = faults.inject(
    { method: "PUT", path: "/actions/secrets/", skip: random(3), times: 1 },
    {
      kind: "call",
      when: "after",
      run() {
        if (loss === 0) token.scopes = ["read:packages"];
        if (loss === 1) token.expiresAt = new Date(0).toISOString();
      },
    },
  );
  const env = { NEW_PAT: world.tokenValue(candidate) };
  await runKilled(round, () => startCommand(fleet, ["rotate", ...flags, ...option], env));
  remove();
  round.hasRotated = true;
  if (random(2) === 0) token.scopes = scopes;
}

/** What a person does who reads the messages, until every repository has the last PAT. */
async function endRotation(round: Round): Promise<void> {
  const env = { NEW_PAT: round.fleet.platform.world.tokenValue(last) };
  for (let attempts = 0; attempts < 4; attempts += 1) {
    if (shadows(round).length > 0) {
      await command(round, ["drift", "test", "--fix", "--delete-shadows"]);
    }
    const { exitCode, stderr } = await command(round, ["rotate", ...flags, ...fromCommand], env);
    if (exitCode === 0) return;
    if (stderr.includes("is not applied yet")) {
      // No update was completed before. Where the stack's PAT was lost, the message says to store the new one.
      if ((await round.fleet.stack.up(["--skip-preview", "--refresh"])).exitCode === 0) continue;
      return round.fleet.stack.setSecret("ghcr-fleet:pat", env.NEW_PAT);
    }
    await command(round, ["rotate", ...flags, "--resume"]);
  }
  expect.fail(`the rotation does not end:\n${round.printed.slice(-12).join("\n")}`);
}

/** Repositories of a shared secret with one of their own. */
function shadows({ fleet: { platform }, names, isShared }: Round): string[] {
  return names.filter(
    (name) =>
      isShared &&
      platform.world.secretValue({ scope: "repository", repository: `acme/${name}` }, "GHCR_PAT"),
  );
}

async function command(round: Round, args: readonly string[], env = {}) {
  const result = await runCommand(round.fleet, args, env);
  round.printed.push(result.stdout, result.stderr);
  return result;
}

async function must(round: Round, args: readonly string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await command(round, args);
  expect(exitCode, stdout + stderr).toBe(0);
}

/** At a write of a repository or of a secret, or at any read. */
function injectFault({ platform }: TestFleet, names: readonly string[], random: Random): void {
  const matches: FaultMatch[] = [
    { method: "PUT", path: "/actions/secrets/" },
    { path: "/graphql", body: `"repositoryNameWithOwner":"acme/${pick(names, random)}"` },
    { method: "GET", path: `/repos/acme/${pick(names, random)}` },
    { method: "GET", path: "/user" },
  ];
  const range = { skip: random(3), times: 1 + random(6) };
  platform.faults.inject({ ...pick(matches, random), ...range }, pick(effects, random));
}

/** One in three is killed at one of its writes. */
async function runKilled(
  round: Round,
  start: () => StartedCommand,
  assertExit = assertCommandExit,
): Promise<void> {
  const { fleet, random } = round;
  const isKilled = random(3) === 0;
  const started = start();
  const remove = fleet.platform.faults.inject(
    { method: random(2) === 0 ? "PUT" : "POST", skip: random(4), times: 1 },
    { kind: "call", when: "after", run: () => (isKilled ? started.killAll() : undefined) },
  );
  const code = await started.ended;
  remove();
  const output = started.output();
  // P1. A signal leaves no exit code.
  if (code !== null) assertExit(code, output);
  round.printed.push(output);
  // While faults last, it may fail, and say so.
  await command(round, ["recover", "test"]);
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
