import { expect, test } from "vitest";
import { githubCom } from "../../../src/github-host.ts";
import { buildExpectations } from "../../../src/operations/audit/expectations.ts";
import { judgesOfChanges } from "../../../src/operations/audit/judge-changes.ts";
import { judgesOfTokenUse } from "../../../src/operations/audit/judge-token-use.ts";
import type { AuditRule } from "../../../src/operations/audit/audit-finding.ts";
import { auditConfigSchema } from "../../../src/fleet/audit-config.ts";
import type { AuditEvent } from "../../../src/github/audit-log/audit-log.ts";
import { gitBlobId } from "../../../src/github/contents/git-blob-id.ts";
import { stackRecord } from "../../../src/stack/stack-record.ts";

const resource = (type: string, outputs: object) => ({ urn: `urn:${type}`, type, outputs });
const record = stackRecord({
  resources: [
    resource("ghcr:index:RegistrySecret", {
      scope: "organization",
      owner: "Acme",
      name: "GHCR_PAT",
      repositories: { web: 1 },
      updatedAt: "2026-08-13T09:00:00Z",
    }),
    resource("ghcr:index:RepositoryPublishing", {
      owner: "Acme",
      repository: "web",
      branch: "main",
      files: { ".github/workflows/ci.yml": gitBlobId("name: ci\n") },
      packages: [{ image: "storefront", push: "allowed" }],
    }),
  ],
});

const expected = buildExpectations({
  stack: "test",
  host: githubCom,
  owner: "Acme",
  config: auditConfigSchema.parse({
    publishers: ["Olga"],
    managers: ["fleet[bot]"],
    repositories: ["tools"],
    workflows: ["nightly.yml"],
  }),
  record,
  secret: "GHCR_PAT",
  tokens: [
    { hash: "old", owner: "pat", replacedAt: "2026-08-12T09:00:00Z" },
    { hash: "now", owner: "pat" },
  ],
  managingTokens: ["admin"],
  networks: ["203.0.113.0/24", "2001:db8::/32", "198.51.100.7"],
});

function judged(event: Partial<AuditEvent>) {
  const whole: AuditEvent = {
    id: "1",
    action: "packages.package_version_published",
    at: "2026-08-13T12:00:00.123Z",
    actor: "pat",
    address: undefined,
    userAgent: undefined,
    hashedToken: undefined,
    repository: undefined,
    formerRepository: undefined,
    key: undefined,
    environment: undefined,
    package: undefined,
    secretsPassed: [],
    job: undefined,
    workflow: undefined,
    callers: [],
    ...event,
  };
  return [...judgesOfTokenUse, ...judgesOfChanges].flatMap((judge) => judge(whole, expected) ?? []);
}

const push = { hashedToken: "now", package: "storefront", repository: "Acme/web" };
const job = {
  action: "workflows.prepared_workflow_job",
  repository: "Acme/web",
  secretsPassed: ["GHCR_PAT"],
  workflow: "Acme/web/.github/workflows/ci.yml@refs/heads/main",
};
const write = { action: "org.update_actions_secret", key: "GHCR_PAT", actor: "olga" };
const central = "Acme/central/.github/workflows/publish.yml@abc";

test.each<[string, Partial<AuditEvent>, AuditRule[]]>([
  ["a push with the PAT", push, []],
  ["from an expected network", { ...push, address: "203.0.113.200" }, []],
  ["from an expected address", { ...push, address: "198.51.100.7" }, []],
  ["from an expected network of IPv6", { ...push, address: "2001:db8::1" }, []],
  ["from elsewhere", { ...push, address: "192.0.2.1" }, ["token-foreign-address"]],
  ["in another name", { ...push, actor: "mallory" }, ["token-foreign-actor"]],
  ["to another package", { ...push, package: "stolen" }, ["token-foreign-repository"]],
  ["to a package of a guest", { ...push, package: "t", repository: "acme/tools" }, []],
  [
    "for something else",
    { ...push, package: undefined, action: "git.clone" },
    ["token-foreign-use"],
  ],
  [
    "with the old one, in its grace",
    { ...push, hashedToken: "old", at: "2026-08-13T09:00:00.900Z" },
    [],
  ],
  ["with the old one, later", { ...push, hashedToken: "old" }, ["token-old"]],
  ["by a workflow", { ...push, hashedToken: "job", actor: "github-actions[bot]" }, []],
  ["by a publisher", { ...push, hashedToken: "her", actor: "olga" }, []],
  ["by a stranger", { ...push, hashedToken: "his", actor: "mallory" }, ["package-published"]],
  ["a stranger elsewhere", { ...push, hashedToken: "his", package: "other" }, []],
  [
    "a package deleted",
    { ...push, hashedToken: "his", action: "packages.package_deleted" },
    ["package-deleted"],
  ],
  ["a job of the fleet", job, []],
  ["a job without the secret", { ...job, workflow: "x", secretsPassed: [] }, []],
  ["a job of a workflow that may", { ...job, workflow: job.workflow.replace("ci", "nightly") }, []],
  [
    "a job of another workflow",
    { ...job, workflow: job.workflow.replace("ci", "own") },
    ["secret-passed"],
  ],
  ["a job of another repository", { ...job, repository: "Acme/other" }, ["secret-passed"]],
  ["a job of a guest", { ...job, repository: "Acme/tools", workflow: "x" }, []],
  ["a called job of the fleet", { ...job, workflow: central, callers: [job.workflow] }, []],
  [
    "a called job of another",
    { ...job, workflow: central, callers: ["Acme/web/.github/workflows/x.yml@r"] },
    ["secret-passed"],
  ],
  ["the secret, in a browser", write, ["secret-changed"]],
  ["the secret, by the stack", { ...write, hashedToken: "admin" }, []],
  ["the secret, by a manager", { ...write, actor: "fleet[bot]", hashedToken: "hourly" }, []],
  [
    "the secret, at the second of the stack's write",
    { ...write, hashedToken: "hourly", at: "2026-08-13T09:00:00.700Z" },
    [],
  ],
  ["another secret", { ...write, key: "NPM_TOKEN" }, []],
  [
    "the secret of a repository",
    { ...write, action: "repo.create_actions_secret", repository: "Acme/web" },
    ["secret-changed"],
  ],
  [
    "that of another repository",
    { ...write, action: "repo.create_actions_secret", repository: "Acme/x" },
    [],
  ],
  [
    "the variable",
    { ...write, action: "org.update_actions_variable", key: "GHCR_USERNAME" },
    ["variable-changed"],
  ],
  [
    "permissions",
    { ...write, action: "repo.set_default_workflow_permissions", repository: "acme/web" },
    ["permissions-changed"],
  ],
  [
    "permissions elsewhere",
    { ...write, action: "repo.update_actions_settings", repository: "acme/x" },
    [],
  ],
  [
    "a visibility",
    { ...write, action: "repo.access", repository: "Acme/web" },
    ["repository-changed"],
  ],
  [
    "a new name",
    { ...write, action: "repo.rename", repository: "Acme/site", formerRepository: "Acme/web" },
    ["repository-changed"],
  ],
  ["a visibility elsewhere", { ...write, action: "repo.access", repository: "Acme/x" }, []],
])("%s", (_what, event, rules) => {
  expect(judged(event).map(({ rule }) => rule)).toEqual(rules);
});

test("a job that got the secret is named, as far as the log names it", () => {
  const stranger = { ...job, workflow: "Acme/web/.github/workflows/x.yml@main" };
  const of = (event: Partial<AuditEvent>) => judged(event).map(({ text }) => text);
  expect(of({ ...stranger, job: "image (api)" })).toEqual([
    'GHCR_PAT was given to job "image (api)" of .github/workflows/x.yml of Acme/web, which the fleet does not manage; started by pat',
  ]);
  expect(of({ ...stranger, workflow: undefined, repository: "Acme/x" })).toEqual([
    "GHCR_PAT was given to a workflow of Acme/x, which is outside the fleet; started by pat",
  ]);
});
