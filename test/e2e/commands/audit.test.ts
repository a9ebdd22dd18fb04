import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SeedInput, virtualClock, type VirtualClock } from "github-simulator";
import { fetchFrom } from "github-simulator/testing";
import type { AuditReport } from "../../../src/operations/audit/audit-report.ts";
import { publishFirstImage } from "../../../src/registry/publish-first-image.ts";
import { runCommand } from "../support/run-command.ts";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";
import { assertDocument } from "../../support/assert-document.ts";

const settings = {
  username: "acme-publisher",
  repositories: [{ name: "api" }, { name: "web" }],
  audit: { graceHours: 0 },
};
const organisationSecret = { scope: "organisation", organisation: "acme" } as const;

function organisation(): Partial<SeedInput> {
  const publisher = { owner: "acme-publisher", scopes: ["write:packages", "read:packages"] };
  const admin = ["repo", "workflow", "admin:org", "read:packages"];
  return {
    organisation: {
      login: "acme",
      basePermission: "write",
      plan: "enterprise",
      auditLogAddresses: true,
    },
    users: [
      { login: "acme-admin", role: "admin" },
      { login: "acme-publisher", role: "member" },
      { login: "mallory", role: "member" },
    ],
    tokens: [
      { name: "admin", owner: "acme-admin", scopes: [...admin, "read:audit_log"] },
      { name: "no-audit", owner: "acme-admin", scopes: admin },
      { name: "publisher", ...publisher, expiresInDays: 60 },
      { name: "next-publisher", ...publisher, expiresInDays: 80 },
      { name: "mallory", owner: "mallory", scopes: ["write:packages", "read:packages"] },
    ].map((token) => ({ expiresInDays: 30, ...token })),
  };
}

async function start(clock: VirtualClock): Promise<TestFleet> {
  const options = { linked: true, actions: true, clock };
  const fleet = await startFleet(settings, organisation(), "publisher", options);
  await up(fleet);
  await fleet.platform.actions.idle();
  return fleet;
}

async function up(fleet: TestFleet, ...flags: string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await fleet.stack.up(["--skip-preview", ...flags]);
  expect(exitCode, stdout + stderr).toBe(0);
}

/** Publishes an image with a token, from an address. */
function publish({ platform }: TestFleet, token: string, image: string, from = "127.0.0.1") {
  const credential = { username: "x", password: platform.world.tokenValue(token) };
  const registry = { url: platform.registryUrl, credential, fetch: fetchFrom(from) };
  // Its content depends on who publishes it.
  return publishFirstImage(registry, `acme/${image}`, `https://github.com/acme/${token}`);
}

async function audit(fleet: TestFleet, ...args: string[]) {
  const { exitCode, stdout, stderr } = await runCommand(fleet, ["audit", "test", ...args]);
  return { exitCode, stdout, stderr };
}

async function auditJson(fleet: TestFleet, ...args: string[]) {
  const { exitCode, stdout, stderr } = await audit(fleet, "--json", ...args);
  if (stdout) await assertDocument("audit", stdout);
  const { stacks } = JSON.parse(stdout || '{"stacks":[]}') as { stacks: AuditReport[] };
  return { exitCode, stderr, report: stacks[0] };
}

const rulesOf = (report: AuditReport | undefined) => report?.findings.map(({ rule }) => rule);

describe("an audit", () => {
  const clock = virtualClock();
  let fleet: TestFleet;
  beforeAll(async () => {
    fleet = await start(clock);
  });
  afterAll(() => fleet.close());
  const issues = () => fleet.platform.world.repository("acme/web").issues;
  const overwriteSecret = () =>
    fleet.platform.byHand("acme-admin").setSecret(organisationSecret, "GHCR_PAT", "mine");

  test("finds nothing if only the stack and its workflows were active", async () => {
    const { exitCode, report, stderr } = await auditJson(fleet, "--issue", "acme/web");
    expect(report?.findings, stderr).toEqual([]);
    expect(report).toMatchObject({ stack: "test", log: { state: "open" }, unseen: [] });
    expect(report?.events).toBeGreaterThan(5);
    expect(exitCode).toBe(0);
    expect(issues()).toEqual([]);
  });

  test("finds a push from a foreign address, one of a stranger, and a secret changed by hand", async () => {
    clock.advance({ minutes: 20 });
    await publish(fleet, "publisher", "web", "127.0.0.66");
    await publish(fleet, "mallory", "api", "127.0.0.77");
    overwriteSecret();
    const { exitCode, stdout, stderr } = await audit(fleet, "--issue", "acme/web");
    expect(exitCode).toBe(3);
    expect(stdout).toContain("the PAT was used to publish web by acme-publisher from 127.0.0.66");
    expect(stdout).toContain("a version of api was published by mallory from 127.0.0.77");
    expect(stdout).toContain("GHCR_PAT of the organisation was overwritten by acme-admin");
    expect(stderr).toBe("issue opened: https://github.com/acme/web/issues/1\n");
    expect(issues()).toMatchObject([{ state: "open", title: "Audit of acme (test): 3 findings" }]);
  });

  test("reports it once in each run, until somebody acknowledges it", async () => {
    const sarif = join(fleet.stack.folder, "audit.sarif");
    const again = await auditJson(
      fleet,
      ...["--sarif", sarif, "--issue", "acme/web", "--acknowledge", ""],
    );
    expect([again.exitCode, again.report?.fresh]).toEqual([3, []]);
    expect(again.report?.findings.map(({ count }) => count)).toEqual([1, 1, 1]);
    expect(again.stderr).toContain("issue unchanged");
    const log = JSON.parse(await readFile(sarif, "utf8")) as object;
    expect(log).toMatchObject({ runs: [{ results: [{}, {}, {}] }] });
    const one = again.report?.findings[0]?.id ?? "";
    const left = await auditJson(
      fleet,
      ...["--acknowledge", one, "--issue", "acme/web", "--since", "2020-01-01"],
    );
    expect(left.report?.findings).toHaveLength(2);
    expect(left.report?.unseen.join()).toContain(
      "more than 180 days ago: GitHub no longer has them",
    );
    expect(left.stderr).toContain("issue updated");
    const none = await auditJson(fleet, "--issue", "acme/web", "--acknowledge", "all");
    expect([none.exitCode, none.report?.findings]).toEqual([0, []]);
    expect(issues()).toMatchObject([{ state: "closed", stateReason: "completed" }]);
    expect((await audit(fleet, "--acknowledge", "beef")).exitCode).toBe(2);
  });

  test("finds a PAT in use after it was replaced", async () => {
    await fleet.stack.setSecret(
      "ghcr-fleet:pat",
      fleet.platform.world.tokenValue("next-publisher"),
    );
    await up(fleet);
    await fleet.platform.actions.idle();
    clock.advance({ minutes: 20 });
    await publish(fleet, "publisher", "web");
    const { report } = await auditJson(fleet);
    expect(rulesOf(report)).toEqual(["token-old"]);
    await audit(fleet, "--acknowledge", "all");
  });

  test("uses dates and runs if the plan has no audit log, and reports what it cannot see", async () => {
    const acme = fleet.platform.world.findOrganisation("acme")!;
    acme.plan = "team";
    clock.advance({ minutes: 20 });
    overwriteSecret();
    await publish(fleet, "mallory", "web", "127.0.0.77");
    const { exitCode, report } = await auditJson(fleet);
    expect(report?.log).toMatchObject({ state: "none" });
    expect(rulesOf(report)?.sort()).toEqual(["package-published", "secret-changed"]);
    expect(report?.unseen.join()).toContain('acme is on the plan "team"');
    expect(exitCode).toBe(3);
    await audit(fleet, "--acknowledge", "all");
    acme.plan = "enterprise";
  });

  test("names the missing right, and ends with 1", async () => {
    await fleet.stack.setSecret("github:token", fleet.platform.world.tokenValue("no-audit"));
    const { exitCode, stdout } = await audit(fleet);
    expect(stdout).toContain("give the admin token the scope read:audit_log");
    expect(exitCode).toBe(1);
    const nowhere = await audit(fleet, "--issue");
    expect([nowhere.exitCode, nowhere.stderr]).toEqual([
      2,
      "in which repository? Write --issue <owner/name>, or set GITHUB_REPOSITORY\n",
    ]);
  });
});
