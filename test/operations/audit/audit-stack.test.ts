import { afterEach, beforeEach, expect, test } from "vitest";
import { auditStack } from "../../../src/operations/audit/audit-stack.ts";
import type { AuditMemory } from "../../../src/operations/audit/audit-memory.ts";
import { auditConfigSchema } from "../../../src/fleet/audit-config.ts";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { stackRecord } from "../../../src/stack/stack-record.ts";
import { parseSeed, type Simulator, startSimulator, virtualClock } from "github-simulator";

const clock = virtualClock("2026-08-13T09:00:00Z");
const organisationSecret = { scope: "organisation", organisation: "acme" } as const;

const start = (more: { host?: "enterprise-server" } = {}) =>
  startSimulator({
    actions: false,
    clock,
    ...more,
    seed: parseSeed({
      organisation: { login: "acme", plan: "enterprise" },
      users: [{ login: "ada", role: "admin" }],
      tokens: [
        { name: "admin", owner: "ada", scopes: ["read:audit_log", "admin:org", "read:packages"] },
      ],
    }),
  });

let simulator: Simulator;
beforeEach(async () => {
  simulator = await start();
});
afterEach(() => simulator.close());

const now = () => new Date(clock.now()).toISOString();

const token = { hash: "hash", owner: "acme-publisher", firstSeenAt: "2026-08-01T00:00:00Z" };
const publishing = {
  owner: "acme",
  repository: "api",
  branch: "main",
  packages: [{ image: "api", push: "allowed", existed: true }],
};
const record = stackRecord({
  resources: [
    { type: "ghcr:index:RegistryToken", urn: "urn:token", outputs: token },
    { type: "ghcr:index:RepositoryPublishing", urn: "urn:publishing", outputs: publishing },
  ],
});

function audit(
  memory?: AuditMemory,
  since?: string,
  body?: (entries: object[]) => unknown,
  path = "",
) {
  const github = createGitHubClient({
    baseUrl: `${simulator.url}${path}`,
    token: simulator.world.tokenValue("admin"),
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      const isSearch = String(input instanceof Request ? input.url : input).includes("phrase=");
      if (!body || !isSearch) return response;
      const entries = (await response.json()) as object[];
      return Response.json(entries.length === 0 ? entries : body(entries));
    },
  });
  return auditStack({
    stack: "acme",
    owner: "acme",
    config: auditConfigSchema.parse({ addresses: [] }),
    secret: "GHCR_PAT",
    record,
    github,
    managingToken: "managing",
    memory,
    since,
    now: now(),
    requests: 500,
  });
}

function overwrite(): void {
  clock.advance({ minutes: 1 });
  simulator.byHand("ada").setSecret(organisationSecret, "GHCR_PAT", now());
}

test("entries without some fields, or with unknown ones, are judged once each by the fields they have", async () => {
  overwrite();
  const entry = { action: "org.update_actions_secret", key: "GHCR_PAT", org: "acme" };
  const body = () => [
    { ...entry, created_at: clock.now() },
    { ...entry, "@timestamp": clock.now(), actor: { login: "mallory" }, secrets_passed: "all" },
    { ...entry, "@timestamp": 1e300 },
    { "@timestamp": clock.now() },
    "gone",
  ];
  const first = await audit(undefined, undefined, body);
  expect(first.report.findings).toMatchObject([{ rule: "secret-changed", actor: null, count: 2 }]);
  expect(first.report.unseen.join()).toMatch(/the meaning of \d+ entries of the audit log/);
  const again = await audit(first.memory, undefined, body);
  expect(again.report.fresh).toEqual([]);
  expect(again.report.findings[0]?.count).toBe(2);
});

test("after a memory from the future the audit starts a week back, and reports it", async () => {
  const { memory } = await audit();
  overwrite();
  const { report, memory: corrected } = await audit({ ...memory, until: "2031-01-01T00:00:00Z" });
  expect(report.findings).toMatchObject([{ rule: "secret-changed" }]);
  expect(report.unseen).toEqual([
    expect.stringMatching(
      /^events before .* read up to 2031-01-01T00:00:00Z, which is in the future/,
    ),
  ]);
  expect(corrected.until).toBe(now());
});

test("events that --since skips permanently are reported, and a --since in the future is refused", async () => {
  const { memory } = await audit();
  clock.advance({ hours: 5 });
  const since = now();
  clock.advance({ hours: 1 });
  const { report } = await audit(memory, since);
  expect(report.unseen).toEqual([
    `events from ${memory.until} to ${since}: --since skips them permanently`,
  ]);
  await expect(audit(memory, "2031-01-01T00:00:00.000Z")).rejects.toThrow(/is in the future/);
});

test("where there is no audit log, what could not be read is looked at again the next time", async () => {
  simulator.world.findOrganisation("acme")!.plan = "team";
  const restore = simulator.faults.inject(
    { path: "/packages/container/api/versions" },
    { kind: "answer", status: 501 },
  );
  const start = now();
  clock.advance({ hours: 1 });
  const { report, memory } = await audit(undefined, start);
  restore();
  expect(report).toMatchObject({ log: { state: "none" }, complete: false, until: now() });
  expect(report.unseen.join()).toContain("cannot read the versions of acme/api");
  expect(memory.until).toBe(start);
  clock.advance({ hours: 24 * 10 });
  const later = await audit(memory);
  expect(Date.parse(later.memory.until)).toBe(clock.now() - 7 * 24 * 3_600_000);
});

test("what the token can never read is reported, and the audit continues", async () => {
  simulator.world.findOrganisation("acme")!.plan = "team";
  const message = "You need at least read:packages scope to get a package's versions.";
  simulator.faults.inject(
    { path: "/packages/container/api/versions" },
    { kind: "answer", status: 403, body: JSON.stringify({ message }) },
  );
  const { report, memory } = await audit();
  expect(report).toMatchObject({ log: { state: "none" }, complete: true });
  expect(report.unseen.join()).toMatch(
    /cannot read the versions of acme\/api: GitHub answered 403/,
  );
  expect(memory.until).toBe(now());
});

test("where an Enterprise Server's log names no token, the report says what it could not see", async () => {
  await simulator.close();
  simulator = await start({ host: "enterprise-server" });
  overwrite();
  const plain = (entries: object[]) =>
    entries.map((entry) => ({ ...entry, hashed_token: undefined }));
  const { report } = await audit(undefined, undefined, plain, "/api/v3");
  expect(report.findings).toMatchObject([{ rule: "secret-changed" }]);
  expect(report.unseen).toContain(
    "what single tokens were used for: no entry of this Enterprise Server's log names a token (hashed_token)",
  );
});
