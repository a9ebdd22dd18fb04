import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { byHand, parseSeed, startSimulator, type Simulator } from "../../simulator/index.ts";
import { readDrift, type Drift } from "../../src/drift/read-drift.ts";
import type { Fleet } from "../../src/fleet/fleet.ts";
import { loadFleetConfig } from "../../src/fleet/load-fleet-config.ts";
import { createGitHubClient } from "../../src/github/github-client.ts";
import { managedNote } from "../../src/github/managed-note.ts";
import { hashToken } from "../../src/github/inspect-token.ts";
import { findFleet } from "../../src/stack/find-fleet.ts";
import { stackRecord } from "../../src/stack/stack-record.ts";
import { createClient } from "../simulator/client.ts";

const ci = ".github/workflows/ci.yml";
const place = { scope: "organisation", organisation: "acme" } as const;

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({
    seed: parseSeed({
      organisation: { login: "acme", secrets: { GHCR_PAT: { value: "s3cret" } } },
      users: [
        { login: "ada", role: "admin" },
        { login: "ben", role: "member" },
      ],
      tokens: [
        { name: "member", owner: "ben", scopes: ["repo", "admin:org"] },
        {
          name: "fine-grained",
          owner: "ada",
          kind: "fine-grained",
          permissions: { contents: "read", metadata: "read" },
        },
        { name: "admin", owner: "ada", scopes: ["repo", "admin:org"] },
        { name: "no-org", owner: "ada", scopes: ["repo"] },
        { name: "no-repo", owner: "ada", scopes: ["admin:org", "read:packages"] },
        { name: "auditor", owner: "ada", scopes: ["repo", "admin:org", "read:audit_log"] },
      ],
      repositories: ["api", "web"].map((name) => ({
        name,
        files: { [ci]: "name: ci\n" },
        environments: { release: {} },
      })),
    }),
  });
  give("api", "web");
});
afterEach(() => simulator.close());

/** Gives the organisation's secret to repositories, as the stack does. */
function give(...names: string[]): void {
  const selected = new Set(names.map((name) => simulator.world.repository(`acme/${name}`).id));
  const hand = byHand(simulator.world, "ada");
  hand.setSecret(place, "GHCR_PAT", "s3cret", { visibility: "selected", selected });
}

function deleteRepository(name: string): void {
  const { world } = simulator;
  world.state.repositories.delete(world.repository(name).id);
}

/** The stack's state, as an update would leave it now, with what a test says besides. */
function state(more: object[] = []) {
  const { world } = simulator;
  const stored = world.findOrganisation("acme")?.secrets.secrets.get("GHCR_PAT");
  const resource = (type: string, outputs: object) => ({ type, urn: `urn:${type}`, outputs });
  return [
    resource("ghcr:index:RegistrySecret", {
      scope: "organization",
      owner: "acme",
      name: "GHCR_PAT",
      updatedAt: stored?.updatedAt,
      box: "sealed",
      repositories: Object.fromEntries(
        ["api", "web"].map((name) => [name, world.repository(`acme/${name}`).id]),
      ),
    }),
    ...["api", "web"].map((repository) =>
      resource("ghcr:index:WorkflowFiles", {
        owner: "acme",
        repository,
        branch: "main",
        files: { [ci]: "name: ci\n" },
      }),
    ),
    ...more,
  ];
}

function read(
  resources: object[],
  token = "admin",
  fleet?: Fleet,
  ownToken = "of the stack",
): Promise<Drift> {
  const github = createGitHubClient({
    baseUrl: simulator.url,
    token: simulator.world.tokenValue(token),
  });
  return readDrift({
    owner: "acme",
    expected: { secret: "GHCR_PAT", workflows: ["nightly.yml"] },
    fleet,
    record: stackRecord({ resources }),
    github,
    ownToken,
    now: new Date().toISOString(),
  });
}
const told = ({ findings }: Drift) => findings.map(({ kind, subject }) => `${kind} ${subject}`);

test("a fleet in order has none", async () => {
  expect(await read(state())).toEqual({ findings: [], unread: [] });
});

test("a secret that was deleted, and one taken from a repository and given to another", async () => {
  const resources = state();
  give("api");
  expect(told(await read(resources))).toEqual(["secret-narrowed GHCR_PAT"]);
  byHand(simulator.world, "ada").deleteSecret(place, "GHCR_PAT");
  expect(told(await read(resources))).toEqual(["secret-deleted GHCR_PAT"]);
});

test("a secret that a refresh found overwritten is so until it is written again", async () => {
  const refreshed = state().map((resource) => {
    const { outputs } = resource as { outputs: object };
    return { ...resource, outputs: { ...outputs, box: undefined } };
  });
  expect(told(await read(refreshed))).toEqual(["secret-overwritten GHCR_PAT"]);
});

test("a secret of an environment hides the organisation's", async () => {
  const release = { scope: "environment", repository: "acme/web", environment: "release" } as const;
  byHand(simulator.world, "ada").setSecret(release, "GHCR_PAT", "shadow");
  const { findings } = await read(state());
  expect(findings).toMatchObject([
    {
      kind: "secret-shadowed",
      repository: "web",
      repair: { by: "deletion", repository: "web", environment: "release", name: "GHCR_PAT" },
    },
  ]);
});

test("a repository that was renamed or archived is told once, and its secret is not", async () => {
  const resources = state();
  byHand(simulator.world, "ada").renameRepository("acme/web", "site");
  simulator.world.repository("acme/api").archived = true;
  const { findings } = await read(resources);
  expect(findings.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
    "repository-gone: acme/api was archived",
    "repository-gone: acme/web is now acme/site",
  ]);
});

test("a repository is gone only to a token that would see it", async () => {
  const resources = state();
  simulator.world.repository("acme/api").visibility = "private";
  deleteRepository("acme/web");
  expect(await read(resources, "no-repo")).toEqual({
    findings: [],
    unread: ["api", "web"].map(
      (name) =>
        `acme/${name}: it was deleted, or the admin token may not see it (it lacks the scope repo)`,
    ),
  });
  const { findings, unread } = await read(resources);
  expect(findings.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
    "repository-gone: acme/web was deleted",
  ]);
  expect(unread).toEqual([]);
});

test("a token of somebody who does not own the organisation is no proof, nor is one of another kind", async () => {
  const resources = state();
  deleteRepository("acme/web");
  const { findings, unread } = await read(resources, "member");
  expect(findings.filter(({ kind }) => kind === "repository-gone")).toEqual([]);
  expect(unread).toContainEqual(
    expect.stringContaining(
      "acme/web: it was deleted, or the admin token may not see it (its account",
    ),
  );
  expect((await read(resources, "fine-grained")).unread).toContainEqual(
    expect.stringContaining("(only a classic token can be known to see every repository)"),
  );
});

test("other workflows count when they use the secret, unless they may", async () => {
  const uses = "on: push\nenv: { X: '${{ secrets.ghcr_pat }}' }\n";
  byHand(simulator.world, "ada").editFiles("acme/web", {
    ".github/workflows/own.yml": uses,
    ".github/workflows/all.yml": "jobs: { a: { uses: ./x.yml, secrets: inherit } }\n",
    ".github/workflows/nightly.yml": uses,
    ".github/workflows/test.yml": "on: push\n",
  });
  expect(told(await read(state()))).toEqual([
    "file-added .github/workflows/all.yml",
    "file-added .github/workflows/own.yml",
  ]);
});

test("what the configuration changes is no drift, also where a refresh went before; an edit is", async () => {
  const github = createGitHubClient({
    baseUrl: simulator.url,
    token: simulator.world.tokenValue("admin"),
  });
  const configured = loadFleetConfig({ repositories: [{ match: "*" }] });
  const fleet = await findFleet(github, "acme", configured);
  const hand = byHand(simulator.world, "ada");
  const edited = { [ci]: "name: other\n" };
  hand.editFiles("acme/web", edited, { message: `ci: publish\n\n${managedNote}` });
  hand.editFiles("acme/api", edited);
  const known = state().map((resource) => {
    const { outputs } = resource as { outputs: Record<string, unknown> };
    return "files" in outputs ? { ...resource, outputs: { ...outputs, files: edited } } : resource;
  });
  const { findings } = await read(known, "admin", fleet);
  expect(findings.map(({ kind, repository }) => `${kind} ${repository}`)).toEqual([
    "file-edited api",
  ]);
});

test("files that wait in a pull request are on their way", async () => {
  const proposed = state().map((resource) => {
    const { outputs } = resource as { outputs: Record<string, unknown> };
    if (!("files" in outputs)) return resource;
    const files = { [ci]: "name: newer\n" };
    return { ...resource, outputs: { ...outputs, files, pullRequestUrl: "https://x/pull/1" } };
  });
  expect(told(await read(proposed))).toEqual([]);
});

test("what a token may not read is named, and the rest goes on", async () => {
  byHand(simulator.world, "ada").editFiles("acme/web", { [ci]: "name: mine\n" });
  const drift = await read(state(), "no-org");
  expect(told(drift)).toEqual([`file-edited ${ci}`]);
  expect(drift.unread).toEqual([
    expect.stringMatching(
      /^cannot read the secret GHCR_PAT of the organisation acme: .*403.*admin:org/,
    ),
  ]);
});

describe("who it was", () => {
  const actors = ({ findings }: Drift) => findings.map(({ kind, actor }) => [kind, actor]);
  const variable = (value: string) => ({
    type: "github:index/actionsOrganizationVariable:ActionsOrganizationVariable",
    urn: "urn:variable",
    outputs: { variableName: "GHCR_USERNAME", value },
  });
  beforeEach(() => {
    simulator.world.findOrganisation("acme")!.plan = "enterprise";
  });

  test("is not somebody who did the same at another time", async () => {
    const resources = state();
    const secret = simulator.world.findOrganisation("acme")!.secrets.secrets.get("GHCR_PAT")!;
    const after = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
    secret.updatedAt = after(3600);
    expect(actors(await read(resources, "auditor"))).toEqual([["secret-overwritten", null]]);
    secret.updatedAt = after(5);
    expect(actors(await read(resources, "auditor"))).toEqual([["secret-overwritten", "ada"]]);
  });

  test("is not the stack, whose own change is the last that the log has", async () => {
    const client = createClient(simulator, "auditor");
    const given = { name: "GHCR_USERNAME", value: "olga", visibility: "all" };
    await client("POST /orgs/acme/actions/variables", given);
    const resources = state([variable("acme-publisher")]);
    expect(actors(await read(resources, "auditor"))).toEqual([["variable-changed", "ada"]]);
    const own = hashToken(simulator.world.tokenValue("auditor"));
    expect(actors(await read(resources, "auditor", undefined, own))).toEqual([
      ["variable-changed", null],
    ]);
  });

  test("is found under the name that a repository had", async () => {
    const resources = state();
    await createClient(simulator, "auditor")("PATCH /repos/acme/web", { name: "site" });
    expect(actors(await read(resources, "auditor"))).toEqual([["repository-gone", "ada"]]);
  });

  test("stays open where the log fails, and the drift is told all the same", async () => {
    const resources = state();
    byHand(simulator.world, "ada").deleteSecret(place, "GHCR_PAT");
    simulator.faults.inject({ path: "/audit-log" }, { kind: "answer", status: 422 });
    const drift = await read(resources, "auditor");
    expect(actors(drift)).toEqual([["secret-deleted", null]]);
    expect(drift.unread).toEqual([
      expect.stringMatching(/^cannot read the audit log of acme: GitHub answered 422/),
    ]);
  });
});
