import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SeedInput } from "github-simulator";
import { ociClient, tinyImage } from "github-simulator/testing";
import type { DriftReport } from "../../../src/operations/drift/drift-report.ts";
import { runCommand } from "../support/run-command.ts";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";
import { gitHubAs } from "../../support/github-as.ts";
import { assertDocument } from "../../support/assert-document.ts";

const settings = {
  username: "acme-publisher",
  defaults: { actions: { tokenPermissions: "read" } },
  repositories: [{ name: "api" }, { name: "web", package: { bootstrap: true } }],
};
const organisationSecret = { scope: "organisation", organisation: "acme" } as const;
const inApi = { scope: "repository", repository: "acme/api" } as const;
const ci = ".github/workflows/ci.yml";
const release = ".github/workflows/release.yml";
const rogue = ".github/workflows/rogue.yml";

function organisation(): Partial<SeedInput> {
  const admin = ["repo", "workflow", "admin:org", "read:packages", "read:audit_log"];
  return {
    organisation: {
      login: "acme",
      basePermission: "write",
      plan: "enterprise",
      defaultWorkflowPermissions: "write",
    },
    users: [
      { login: "acme-admin", role: "admin" },
      { login: "olga", role: "admin" },
      { login: "acme-publisher", role: "member" },
    ],
    tokens: [
      { name: "admin", owner: "acme-admin", scopes: admin, expiresInDays: 30 },
      { name: "olga", owner: "olga", scopes: admin, expiresInDays: 30 },
      {
        name: "publisher",
        owner: "acme-publisher",
        scopes: ["write:packages", "read:packages"],
        expiresInDays: 60,
      },
    ],
  };
}

describe("drift", () => {
  let fleet: TestFleet;
  beforeAll(async () => {
    fleet = await startFleet(settings, organisation(), "publisher", { linked: true });
    const { exitCode, stdout, stderr } = await fleet.stack.up(["--skip-preview"]);
    expect(exitCode, stdout + stderr).toBe(0);
  });
  afterAll(() => fleet.close());

  const issues = () => fleet.platform.world.repository("acme/mailer").issues;
  async function drift(...args: string[]) {
    const result = await runCommand(fleet, ["drift", "test", "--json", ...args]);
    if (result.stdout) await assertDocument("drift", result.stdout);
    const { stacks } = JSON.parse(result.stdout || '{"stacks":[]}') as { stacks: DriftReport[] };
    return { ...result, report: stacks[0] };
  }
  const findingsOf = (report: DriftReport | undefined) =>
    report?.findings.map(({ kind, repository, actor }) => [kind, repository, actor]);

  test("there is none after an update", async () => {
    fleet.takeWrites();
    const { exitCode, report, stderr } = await drift("--issue", "acme/mailer");
    expect(report, stderr).toMatchObject({ findings: [], unread: [], repaired: [] });
    expect([exitCode, fleet.takeWrites(), issues()]).toEqual([0, [], []]);
  });

  test("is found with its author, in files, secrets, packages, settings and variables", async () => {
    const { world, registry } = fleet.platform;
    const olga = fleet.platform.byHand("olga");
    olga.setSecret(organisationSecret, "GHCR_PAT", "mine", { visibility: "all" });
    // GitHub returns whole seconds, and the stack's own write may be in this one.
    const soon = new Date(Date.now() + 2000).toISOString().replace(/\.\d+Z/, "Z");
    world.findOrganisation("acme")!.secrets.secrets.get("GHCR_PAT")!.updatedAt = soon;
    olga.setSecret(inApi, "GHCR_PAT", "shadow");
    olga.editFiles("acme/web", { [ci]: "name: mine\n", [release]: null });
    olga.editFiles("acme/api", { [rogue]: "on: push\nenv: { X: '${{ secrets.GHCR_PAT }}' }\n" });
    registry.byHand.unlinkRepository("acme", "web");
    const client = gitHubAs(fleet.platform, "olga");
    await client("PUT /repos/acme/api/actions/permissions/workflow", {
      default_workflow_permissions: "write",
    });
    await client("PATCH /orgs/acme/actions/variables/GHCR_USERNAME", { value: "olga" });
    fleet.takeWrites();

    const { exitCode, report, stderr } = await drift("--issue", "acme/mailer");
    expect(findingsOf(report)).toEqual([
      ["secret-overwritten", null, "olga"],
      ["secret-widened", null, "olga"],
      ["variable-changed", null, "olga"],
      ["file-added", "api", "olga"],
      ["secret-shadowed", "api", "olga"],
      ["permissions-widened", "api", "olga"],
      ["file-edited", "web", "olga"],
      ["file-deleted", "web", "olga"],
      ["package-unlinked", "web", null],
    ]);
    expect(report?.unread).toEqual([]);
    expect(exitCode).toBe(3);
    expect(fleet.takeWrites()).toEqual(["POST /repos/acme/mailer/issues"]);
    expect(stderr).toContain("issue opened: https://github.com/acme/mailer/issues/1");
  });

  test("is reported in any case, even if the issue is refused", async () => {
    const args = ["drift", "test", "--issue", "acme/nowhere"];
    const { exitCode, stdout, stderr } = await runCommand(fleet, args);
    expect(stdout).toMatch(
      /secret-overwritten GHCR_PAT of the organisation acme was overwritten after .* \(by olga, \d{4}/,
    );
    expect(stdout).toContain("`ghcr-fleet drift test --fix --delete-shadows` deletes it");
    expect(stdout).toContain("\n9 differences\n");
    expect(stderr).toContain("cannot maintain the issue in acme/nowhere");
    expect(exitCode).toBe(3);
  });

  test("--fix writes nothing that a policy rejects", async () => {
    const strict = join(fleet.stack.folder, "strict.json");
    await writeFile(strict, JSON.stringify({ "pat-expiry-max": { maxDays: 10 } }));
    fleet.takeWrites();
    const { exitCode, report } = await drift("--fix", "--policy-pack-config", strict);
    expect(report?.refusals).toEqual([expect.stringMatching(/^pat-expiry-max: /)]);
    expect([exitCode, report?.repaired, fleet.takeWrites()]).toEqual([3, [], []]);
  });

  test("--fix corrects the drift, and leaves to people what only they can do", async () => {
    const { exitCode, report, stderr } = await drift("--fix", "--issue", "acme/mailer");
    expect([report?.failures, report?.refusals], stderr).toEqual([[], []]);
    expect(findingsOf(report)?.map(([kind]) => kind)).toEqual([
      "file-added",
      "secret-shadowed",
      "package-unlinked",
    ]);
    expect(report?.repaired).toHaveLength(6);
    expect(exitCode).toBe(3);
    const { world } = fleet.platform;
    expect(world.secretValue(organisationSecret, "GHCR_PAT")).toBe(world.tokenValue("publisher"));
    expect(issues()).toMatchObject([{ state: "open", title: "Drift in acme (test): 3 findings" }]);
  });

  test("closes its issue when nothing is left", async () => {
    const { world, registry } = fleet.platform;
    registry.byHand.linkRepository("acme", "web", "web");
    fleet.platform.byHand("olga").editFiles("acme/api", { [rogue]: null, [ci]: "name: mine\n" });
    // Nobody ever linked this package, so it did not drift, and breaks a rule.
    const client = ociClient({
      url: fleet.platform.registryUrl,
      token: world.tokenValue("publisher"),
    });
    expect((await client.push("acme/api", "by-hand", tinyImage("api"))).status).toBe(201);
    const { exitCode, report } = await drift("--fix", "--delete-shadows");
    expect(findingsOf(report)).toEqual([]);
    expect(report?.repaired.map(({ kind }) => kind)).toEqual(["file-edited", "secret-shadowed"]);
    expect(exitCode).toBe(0);
    const unseen = fleet.platform.faults.inject(
      { path: "/orgs/acme/actions/secrets/GHCR_PAT" },
      { kind: "answer", status: 403, body: '{"message":"Resource not accessible"}' },
    );
    const blind = await drift("--issue", "acme/mailer");
    expect([blind.exitCode, findingsOf(blind.report), issues()[0]?.state]).toEqual([1, [], "open"]);
    expect(blind.stderr).toContain(
      "the issue is not changed, because not everything could be read",
    );
    unseen();
    expect((await drift("--issue", "acme/mailer")).exitCode).toBe(0);
    expect(world.secretValue(inApi, "GHCR_PAT")).toBeUndefined();
    expect(issues()).toMatchObject([{ state: "closed" }]);
    expect((await runCommand(fleet, ["drift", "--delete-shadows"])).exitCode).toBe(2);
  });

  test("--fix distinguishes what it repaired from what a pull request only offers", async () => {
    const olga = fleet.platform.byHand("olga");
    await fleet.configure({
      ...settings,
      repositories: [settings.repositories[0], { name: "web", delivery: "pull-request" }],
    });
    await fleet.stack.up(["--skip-preview"]);
    for (const name of ["api", "web"]) olga.editFiles(`acme/${name}`, { [ci]: "name: mine\n" });
    const { exitCode, stdout, stderr } = await runCommand(fleet, ["drift", "test", "--fix"]);
    expect(stdout.split("\n").slice(1), stderr).toEqual([
      `repaired file-edited: ${ci} of acme/api was edited`,
      `offered file-edited: ${ci} of acme/web was edited in pull request #1`,
      "web: waits for merge #1 https://github.com/acme/web/pull/1",
      "1 difference repaired, 1 waits for a merge",
      "",
    ]);
    expect(exitCode).toBe(3);
    expect((await drift()).report).toMatchObject({ findings: [], offered: [] });
  });
});
