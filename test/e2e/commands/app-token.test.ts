import { afterAll, beforeAll, expect, test } from "vitest";
import type { DoctorDocument } from "../../../src/cli/terminal/json-documents.ts";
import { assertDocument } from "../../support/assert-document.ts";
import { runCommand } from "../support/run-command.ts";
import { policyPack, startFleet, type TestFleet } from "../support/start-fleet.ts";

/** A configuration of @pulumi/github: the ids are there, and the key is in a variable. */
const slug = "fleet-admin";
let fleet: TestFleet;
let env: Record<string, string>;
let key: string;
const outputs: string[] = [];
beforeAll(async () => {
  const publisher = { owner: "acme-publisher", scopes: ["write:packages", "read:packages"] };
  fleet = await startFleet(
    { username: "acme-publisher", repositories: [{ name: "api" }, { name: "web" }] },
    {
      apps: [
        {
          slug,
          permissions: {
            metadata: "read",
            contents: "write",
            workflows: "write",
            pull_requests: "write",
            administration: "write",
            actions: "write",
            // A rotation tries the new PAT in a secret of one repository first.
            secrets: "write",
            organization_secrets: "write",
            organization_actions_variables: "write",
          },
          repositories: ["api"],
        },
      ],
      tokens: [
        { name: "publisher", ...publisher, expiresInDays: 60 },
        { name: "next-publisher", ...publisher, expiresInDays: 80 },
      ],
      repositories: ["api", "web"].map((name) => ({
        name,
        dockerfile: "Dockerfile",
        visibility: "public" as const,
      })),
    },
    "publisher",
    { linked: true, app: true },
  );
  const { id, installationId, privateKey } = fleet.platform.world.app(slug);
  key = privateKey;
  env = {
    GITHUB_APP_ID: String(id),
    GITHUB_APP_INSTALLATION_ID: String(installationId),
    GITHUB_APP_PEM_FILE: privateKey,
  };
});
afterAll(() => fleet.close());

const up = async (args: readonly string[]) => {
  const run = await fleet.stack.up(["--skip-preview", ...args], { env });
  outputs.push(run.stdout, run.stderr);
  return run;
};
const command = async (args: readonly string[], more: Record<string, string> = {}) => {
  const run = await runCommand(fleet, args, { ...env, ...more });
  outputs.push(run.stdout, run.stderr);
  return run;
};

test("repositories on which the App is not installed are named before anything is written", async () => {
  const { id, installationId } = fleet.platform.world.app(slug);
  const refused = await up([]);
  expect(refused.exitCode).not.toBe(0);
  const missing = `the App ${id} is not installed on web: add the repositories, or all of them, on https://github.com/organizations/acme/settings/installations/${installationId}`;
  expect(refused.stdout + refused.stderr).toContain(missing);
  const doctor = await command(["doctor", "test"]);
  expect(doctor.stdout).toContain(`problem  fleet: ${missing}\n`);
  expect(doctor.exitCode, doctor.stderr).toBe(1);
  expect(fleet.takeWrites().filter((each) => !each.endsWith("/access_tokens"))).toEqual([]);
  fleet.platform.world.app(slug).repositories = undefined;
});

test("a GitHub App brings the fleet to the declared state, and says what it cannot verify", async () => {
  const doctor = await command(["doctor", "test", "--json"]);
  expect(doctor.exitCode, doctor.stdout + doctor.stderr).toBe(0);
  await assertDocument("doctor", doctor.stdout);
  const { checks, stacks } = JSON.parse(doctor.stdout) as DoctorDocument;
  // Where pulumi is on PATH, it downloads the official providers with its first preview.
  const judged = [...checks, ...(stacks[0]?.checks ?? [])].filter(
    ({ check }) => check !== "official providers",
  );
  expect(judged.map(({ check, level }) => [check, level])).toEqual(
    [
      "engine",
      "node",
      "sdk",
      "provider",
      "stack",
      "state",
      "fleet",
      "admin token",
      "may preview",
      "may apply",
    ]
      .concat(["may watch", "PAT", "registry", "journals"])
      .map((check) => [check, "ok"]),
  );
  const first = await up(policyPack);
  expect(first.exitCode, first.stdout + first.stderr).toBe(0);
  expect(first.stdout).toContain("[advisory] [severity: medium]  package-verified");
  expect(first.stdout).not.toContain("[mandatory]");
  // It refreshes.
  const preview = await command(["preview", "test"]);
  expect(preview.exitCode, preview.stdout + preview.stderr).toBe(0);
  expect(preview.stdout).toMatch(/^ {2}drift: none$/m);
});

test("with its ids in the configuration, it sees drift, changes the PAT, and finds nothing left to do", async () => {
  const { GITHUB_APP_PEM_FILE = "", GITHUB_APP_ID, GITHUB_APP_INSTALLATION_ID } = env;
  const set = (name: string, value = "") =>
    fleet.stack.must(["config", "set", "--path", `github:appAuth.${name}`, value]);
  await set("id", GITHUB_APP_ID);
  await set("installationId", GITHUB_APP_INSTALLATION_ID);
  env = { GITHUB_APP_PEM_FILE };
  const { platform } = fleet;
  const drift = await command(["drift", "test"]);
  expect(drift.exitCode, drift.stdout + drift.stderr).toBe(0);
  const next = platform.world.tokenValue("next-publisher");
  const rotated = await command(
    ["rotate", "--yes", "test", "--no-health-gate", "--from-command", "printenv NEW_PAT"],
    { NEW_PAT: next },
  );
  expect(rotated.exitCode, rotated.stdout + rotated.stderr).toBe(0);
  const place = { scope: "organisation", organisation: "acme" } as const;
  expect(platform.world.secretValue(place, "GHCR_PAT")).toBe(next);
  // A refresh uses what the last update stored, so that the ids are there from the second update on.
  const again = await up(["--expect-no-changes", "--refresh"]);
  expect(again.exitCode, again.stdout + again.stderr).toBe(0);
});

test("neither the key nor a token of the App is in the state, even decrypted, or in an output", async () => {
  const { stdout: state } = await fleet.stack.must(["stack", "export", "--show-secrets"], { env });
  const tokens = [...fleet.platform.world.state.tokens.values()].filter(
    ({ kind }) => kind === "app",
  );
  expect(tokens.length).toBeGreaterThan(2);
  const lines = key.split("\n").filter((line) => line.length > 40);
  for (const text of [state, ...outputs]) {
    for (const { value } of tokens) expect(text).not.toContain(value);
    for (const line of lines) expect(text).not.toContain(line);
  }
  expect(state).not.toContain("PRIVATE KEY");
});
