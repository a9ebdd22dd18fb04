import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../support/run-command.ts";
import { conclusions, watchRuns } from "../support/runs.ts";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";
import { gitHubAs } from "../../support/github-as.ts";

let fleet: TestFleet;
let newRuns: ReturnType<typeof watchRuns>;
/** Each request after which a run that is queued would not get the PAT, or not its owner's name. */
const gaps: string[] = [];
/** The same for a release: its job, as the branch has it, may deploy to an environment, and reads its secret then. */
const releaseGaps: string[] = [];

const withPat = ["api", "billing"];
const releasing = ["api", "billing", "search"];
/** Whether search could use the PAT when the last wave began. */
let searchHadPat: boolean | undefined;

beforeAll(async () => {
  fleet = await startFleet(settings({}), {}, "publisher", { actions: true, linked: true });
  newRuns = watchRuns(fleet);
  await up();
  expect(await newRuns()).toHaveLength(4);
  const { world } = fleet.platform;
  fleet.platform.onRequest(({ method, path }) => {
    if (`${method} ${path}` === "PUT /repos/acme/billing/actions/secrets/GHCR_PAT") {
      const search = world.repository("acme/search");
      searchHadPat = world.effectiveSecrets(search).has("GHCR_PAT");
    }
    for (const name of withPat) {
      const repository = world.repository(`acme/${name}`);
      const secret = world.effectiveSecrets(repository).get("GHCR_PAT");
      const owner = world.effectiveVariables(repository).get("GHCR_USERNAME");
      if (secret !== world.tokenValue("publisher") || owner !== "acme-publisher") {
        gaps.push(`${name} after ${method} ${path}`);
      }
    }
    for (const name of releasing) {
      const repository = world.repository(`acme/${name}`);
      const release = world.readFile(repository, "main", ".github/workflows/release.yml");
      const [, environment] = /^ +environment: (\S+)$/m.exec(release?.toString() ?? "") ?? [];
      const ofRelease = world.effectiveSecrets(repository, environment).get("GHCR_PAT");
      const ownerOfRelease = world.effectiveVariables(repository, environment).get("GHCR_USERNAME");
      if (ofRelease !== world.tokenValue("publisher") || ownerOfRelease !== "acme-publisher") {
        releaseGaps.push(`${name} after ${method} ${path}`);
      }
    }
  });
});
afterAll(() => fleet.close());

/** Mailer is the canary, so whatever moves belongs to a later wave. */
function settings(ofRepositories: Readonly<Record<string, object>>) {
  const names = [...withPat, "mailer", "search"];
  return {
    waves: [{ name: "canary", repositories: ["mailer"] }],
    repositories: names.map((name) => ({ name, ...ofRepositories[name] })),
  };
}

async function up() {
  const result = await fleet.stack.up(["--skip-preview"]);
  expect(result.exitCode, result.stdout + result.stderr).toBe(0);
  return result;
}

function push(name: string) {
  const files = { "README.md": `${fleet.platform.requests.length}\n` };
  fleet.platform.byHand("acme-admin").editFiles(`acme/${name}`, files, { message: "Say more" });
}

/** With whose token the images of these runs were pushed. */
async function publishers() {
  const runs = await newRuns();
  expect(conclusions(runs).filter((each) => !each.endsWith("success"))).toEqual([]);
  const { log } = fleet.platform.registry.store;
  return runs.map(({ event }) => {
    const pushed = log.findLast(
      ({ action, image }) => action === "push" && image === `acme/${event.repo}`,
    );
    return `${event.repo}: ${pushed?.credentialKind} of ${pushed?.actor}`;
  });
}

const own = { secret: { scope: "repository" } };
const secretWrites = () => fleet.takeWrites().filter((write) => write.includes("secrets/GHCR_PAT"));

test("to a secret of its own and back, at every moment and for queued runs there is one", async () => {
  await fleet.configure(settings({ billing: own }));
  await up();
  fleet.platform.actions.holdQueue();
  for (const name of withPat) push(name);
  fleet.takeWrites();

  await fleet.configure(settings({ api: own }));
  await up();
  expect(secretWrites()).toEqual([
    "PUT /repos/acme/api/actions/secrets/GHCR_PAT",
    "PUT /orgs/acme/actions/secrets/GHCR_PAT/repositories",
    "DELETE /repos/acme/billing/actions/secrets/GHCR_PAT",
  ]);
  expect(gaps).toEqual([]);
  fleet.platform.actions.releaseQueue();
  expect((await publishers()).sort()).toEqual([
    "api: classic-pat of acme-publisher",
    "billing: classic-pat of acme-publisher",
  ]);
});

test("a rollout in waves moves them in the same order", async () => {
  await fleet.configure(settings({ billing: own, search: { credential: "job-token" } }));
  const result = await runCommand(fleet, [
    "rollout",
    "--yes",
    "test",
    "--no-health-gate",
    "--refresh",
  ]);
  expect(result.exitCode, result.stdout + result.stderr).toBe(0);
  expect(result.stdout).not.toMatch(/warning|secret-shadowed|\b\d{6,}\b/);
  for (const line of [
    "  api: secret GHCR_PAT (removed), variable GHCR_USERNAME (removed)",
    "    GHCR_PAT moves from the repository's own secret to the organisation's one",
    "    GHCR_PAT moves from the organisation's secret to the repository's own one",
    "  search: credential (changed)",
    "    publishes with the job's own token, and no longer with the organisation's secret GHCR_PAT",
  ]) {
    expect(result.stdout.split("\n")).toContain(line);
  }
  expect(secretWrites()).toEqual([
    // Billing stays on the list until it has its own, and search until its wave.
    "PUT /orgs/acme/actions/secrets/GHCR_PAT/repositories",
    "PUT /repos/acme/billing/actions/secrets/GHCR_PAT",
    "PUT /orgs/acme/actions/secrets/GHCR_PAT/repositories",
    "DELETE /repos/acme/api/actions/secrets/GHCR_PAT",
  ]);
  expect(gaps).toEqual([]);
  const { world } = fleet.platform;
  const secrets = world.effectiveSecrets(world.repository("acme/search"));
  expect([searchHadPat, secrets.has("GHCR_PAT")]).toEqual([true, false]);
});

test("to the job's own token: no secret reaches the repository, and its runs publish", async () => {
  await fleet.configure(settings({ billing: own, mailer: { credential: "job-token" } }));
  await up();
  push("mailer");
  expect(await publishers()).toEqual(["mailer: job of github-actions[bot]"]);
});

test("to an environment and back, each has a PAT for releases at every moment, also while a pull request waits and with --continue-on-error", async () => {
  const { world, faults } = fleet.platform;
  const merge = (number: number) =>
    gitHubAs(fleet.platform, "admin")(`PUT /repos/acme/search/pulls/${number}/merge`);
  const shared = () => world.findOrganisation("acme")?.secrets.secrets.get("GHCR_PAT");
  const users = () =>
    ["mailer", ...releasing].filter((name) =>
      shared()?.selected.has(world.repository(`acme/${name}`).id),
    );
  const search = { delivery: "pull-request" };
  const environment = { ...settings({ search }), secret: { scope: "environment" } };
  fleet.takeWrites();
  releaseGaps.length = 0;
  await fleet.configure(environment);
  const first = await up();
  // Mailer had none.
  expect(secretWrites()).toEqual(["PUT /repos/acme/mailer/environments/release/secrets/GHCR_PAT"]);
  expect(users()).toEqual(["api", "search"]);
  const rest =
    "secret GHCR_PAT until a job on main that reads it deploys to the environment release";
  const brings = "this update brings it, and the next one moves the secret";
  expect(first.stdout).toContain(`keeps the organisation's ${rest}: ${brings}`);
  expect(first.stdout).toContain(`keeps the repository's own ${rest}: ${brings}`);
  expect(first.stdout).toMatch(
    /keeps the organisation's .*: merge \S+search\/pull\/1, which brings it/,
  );
  expect(gaps).toEqual([]);

  await merge(1);
  faults.inject(
    { method: "PUT", path: "/repos/acme/api/environments/release/secrets/GHCR_PAT" },
    { kind: "answer", status: 403, body: '{"message":"Forbidden"}' },
  );
  // A second run meets the same refusal.
  for (const run of ["first", "second"]) {
    const failed = await fleet.stack.up(["--skip-preview", "--continue-on-error"]);
    expect(failed.exitCode, run + failed.stdout).toBe(1);
    expect(failed.stdout).toContain("cannot write the secret acme/api/release/GHCR_PAT");
    expect(users()).toEqual(["api"]);
  }
  // Pushes of the others have no PAT, as the environment's scope says.
  expect(gaps.filter((gap) => gap.startsWith("api "))).toEqual([]);
  faults.clear();
  await up();
  expect(shared()).toBeUndefined();
  for (const name of releasing) {
    const repository = world.repository(`acme/${name}`);
    expect(world.effectiveSecrets(repository).has("GHCR_PAT")).toBe(false);
    expect(world.effectiveSecrets(repository, "release").has("GHCR_PAT")).toBe(true);
  }

  await fleet.configure(settings({ billing: own, search }));
  await up();
  await merge(2);
  expect(releaseGaps).toEqual([]);
});

test("a fleet that publishes with the jobs' own tokens needs no PAT", async () => {
  await fleet.configure({
    ...settings({}),
    defaults: { credential: "job-token" },
  });
  await up();
  await fleet.stack.must(["config", "rm", "ghcr-fleet:pat"]);
  const command = (...args: string[]) => runCommand(fleet, args);

  const preview = await command("preview", "test");
  expect(preview.exitCode, preview.stdout + preview.stderr).toBe(0);
  expect(preview.stdout).not.toContain("warning");
  expect(preview.stdout).toContain("none: every repository publishes with the job's own token");
  const rollout = await command("rollout", "--yes", "test", "--no-health-gate");
  expect(rollout.exitCode, rollout.stdout + rollout.stderr).toBe(0);
  expect(await fleet.stack.outputs()).toMatchObject({ token: null, rotation: null });

  const noPat = "no PAT: every repository publishes with the job's own token";
  const status = await command("status", "test");
  expect(status.stdout).toContain(noPat);
  expect(status.stdout).not.toContain("the PAT reaches");
  expect((await command("doctor", "test")).stdout).toContain(noPat);
  expect(await command("drift", "test")).toMatchObject({ exitCode: 0 });
  expect(await command("rotate", "test", "--yes", "--from-env", "NEXT_PAT")).toMatchObject({
    exitCode: 2,
    stderr:
      "test has nothing to rotate: every repository publishes with the job's own token (credential: job-token)\n",
  });
});
