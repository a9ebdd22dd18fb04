import { afterAll, beforeAll, expect, test } from "vitest";
import { type Simulator, startSimulator } from "github-simulator";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { loadConnection } from "../../../src/github/client/load-connection.ts";
import { judgeAdmin, type AdminSource } from "../../../src/operations/doctor/admin-rights.ts";
import { missingRights, missingRightWords } from "../../../src/operations/doctor/missing-rights.ts";
import {
  requiredPermissions,
  rightsOfPreview,
  rightsToWrite,
  type Use,
} from "../../../src/operations/doctor/required-rights.ts";

const rights = {
  ownerKind: "Organization",
  scopes: ["organization"],
  selectsTeams: false,
} as const;
const all = (use: Use) => ({ ...requiredPermissions(use, rights) });
let simulator: Simulator;
beforeAll(async () => {
  const part = Object.fromEntries(
    Object.entries(all("apply")).filter(([name]) => name !== "contents"),
  );
  simulator = await startSimulator({
    scripts: false,
    seed: {
      organisation: { login: "acme" },
      users: [{ login: "ada", role: "admin" }, { login: "bob" }],
      tokens: [
        { name: "full", owner: "ada", scopes: ["repo", "workflow", "admin:org", "read:packages"] },
        { name: "narrow", owner: "ada", scopes: ["repo", "admin:org"], expiresInDays: 3 },
        { name: "repositories", owner: "ada", scopes: ["repo"] },
        { name: "public", owner: "ada", scopes: ["public_repo", "workflow"] },
        {
          name: "member",
          owner: "bob",
          scopes: ["repo", "workflow", "admin:org", "read:packages"],
        },
        { name: "expired", owner: "ada", scopes: ["repo"], expiresInDays: -1 },
        { name: "reads", owner: "ada", kind: "fine-grained", permissions: all("watch") },
        { name: "little", owner: "ada", kind: "fine-grained", permissions: { contents: "read" } },
      ],
      apps: [
        { slug: "whole", permissions: all("apply") },
        { slug: "part", permissions: { ...part, secrets: "read" } },
      ],
      repositories: [{ name: "api", visibility: "private", dockerfile: "Dockerfile" }],
    },
  });
});
afterAll(() => simulator.close());

function open(environment: Record<string, string>) {
  const config: Record<string, string> = { owner: "acme", baseUrl: simulator.url };
  const connection = loadConnection({ get: (key) => config[key] }, environment);
  return { connection, github: createGitHubClient(connection) };
}

function judge(environment: Record<string, string>, others: Partial<AdminSource> = {}) {
  const { connection, github } = open(environment);
  return judgeAdmin({ github, connection, repository: "api", ...rights, ...others });
}

const withToken = (name: string, others?: Partial<AdminSource>) =>
  judge({ GITHUB_TOKEN: simulator.world.tokenValue(name) }, others);

function asApp(slug: string) {
  const { id, installationId, privateKey } = simulator.world.app(slug);
  return judge({
    GITHUB_APP_ID: String(id),
    GITHUB_APP_INSTALLATION_ID: String(installationId),
    GITHUB_APP_PEM_FILE: privateKey,
  });
}

const lines = async (findings: ReturnType<typeof judge>) =>
  (await findings).map(({ level, check, text, next }) =>
    [level, check, text, ...(next ? [next] : [])].join(" | "),
  );

test("classic PATs are judged by scopes, end and role", async () => {
  expect(await lines(withToken("full"))).toMatchInlineSnapshot(`
    [
      "ok | admin token | classic PAT of ada, never expires",
      "ok | may preview | the PAT has all scopes",
      "ok | may apply | the PAT has all scopes",
      "ok | may watch | the PAT has all scopes",
      "ok | role | ada owns acme",
    ]
  `);
  expect(
    (await lines(withToken("narrow"))).map((line) => line.replace(/\d{4}-\d\d-\d\d/, "<date>")),
  ).toMatchInlineSnapshot(`
    [
      "warning | admin token | classic PAT of ada, until <date> | renew it on https://github.com/settings/tokens or https://github.com/settings/personal-access-tokens",
      "ok | may preview | the PAT has all scopes",
      "problem | may apply | the PAT lacks the scopes workflow | add what it lacks on https://github.com/settings/tokens",
      "ok | may watch | the PAT has all scopes",
      "warning | packages | packages cannot be verified without the scope read:packages | select it on https://github.com/settings/tokens",
      "ok | role | ada owns acme",
    ]
  `);
  expect((await lines(withToken("member"))).at(-1)).toMatchInlineSnapshot(
    `"problem | role | bob is not an owner of acme, so it cannot read or write secrets of the organisation | an owner can change that on https://github.com/orgs/acme/people"`,
  );
  expect(await lines(withToken("expired"))).toMatchInlineSnapshot(`
    [
      "problem | admin token | GitHub does not accept it: it has expired or was revoked | create another on https://github.com/settings/tokens or https://github.com/settings/personal-access-tokens, and set it (github:token or GITHUB_TOKEN)",
    ]
  `);
});

test("who writes no secret of the organisation need not own it", async () => {
  for (const scope of ["repository", "environment"] as const) {
    const found = await withToken("member", { scopes: [scope] });
    expect(found.filter(({ level }) => level !== "ok")).toEqual([]);
  }
});

test("of Apps, the missing permissions are named, each with its level, and the page", async () => {
  const hidden = (line: string) =>
    line.replace(String(simulator.world.app("part").installationId), "<id>");
  expect(await lines(asApp("whole"))).toMatchInlineSnapshot(`
    [
      "ok | admin token | GitHub App whole, installed on all repositories of acme",
      "ok | may preview | the App has all permissions",
      "ok | may apply | the App has all permissions",
      "ok | may watch | the App has all permissions",
    ]
  `);
  expect((await lines(asApp("part"))).map(hidden)).toMatchInlineSnapshot(`
    [
      "ok | admin token | GitHub App part, installed on all repositories of acme",
      "problem | may preview | the App lacks contents: read | give the App what it lacks (Permissions & events on its page), and accept it on https://github.com/organizations/acme/settings/installations/<id>",
      "problem | may apply | the App lacks contents: write, secrets: write | give the App what it lacks (Permissions & events on its page), and accept it on https://github.com/organizations/acme/settings/installations/<id>",
      "problem | may watch | the App lacks contents: read | give the App what it lacks (Permissions & events on its page), and accept it on https://github.com/organizations/acme/settings/installations/<id>",
    ]
  `);
});

test("a token of an App names the page of the owner's kind of account", async () => {
  const { id, installationId, privateKey } = simulator.world.app("part");
  const { github } = open({
    GITHUB_APP_ID: String(id),
    GITHUB_APP_INSTALLATION_ID: String(installationId),
    GITHUB_APP_PEM_FILE: privateKey,
  });
  const { data } = await github.request("POST /app/installations/{installation_id}/access_tokens", {
    installation_id: installationId,
  });
  const pageOf = async (others?: Partial<AdminSource>) => {
    const found = await judge({ GITHUB_TOKEN: (data as { token: string }).token }, others);
    return found.find(({ check }) => check === "may preview")?.next;
  };
  expect(await pageOf()).toBe(
    "grant what it lacks on https://github.com/organizations/acme/settings/installations",
  );
  expect(await pageOf({ ownerKind: "User" })).toBe(
    "grant what it lacks on https://github.com/settings/installations",
  );
});

test("of a user account, no right of organisations is asked for", () => {
  const ofUser = { ownerKind: "User", scopes: ["organization"], selectsTeams: true } as const;
  expect(rightsOfPreview(ofUser).scopes).toEqual(["repo"]);
  expect(rightsOfPreview(rights).scopes).toEqual(["repo", "admin:org"]);
  expect(rightsOfPreview(ofUser).permissions).not.toHaveProperty("organization_secrets");
});

test("a fleet that teams select needs the right to see them", async () => {
  const scopes = ["repository"] as const;
  const problems = async (selectsTeams: boolean, name: string) =>
    (await withToken(name, { scopes, selectsTeams })).flatMap(({ check, level, text }) =>
      check === "may watch" && level === "problem" ? text : [],
    );
  expect(await problems(false, "repositories")).toEqual([]);
  expect(await problems(true, "repositories")).toEqual(["the PAT lacks the scopes read:org"]);
  expect(await problems(true, "full")).toEqual([]);
  expect(await problems(true, "reads")).toEqual([
    expect.stringMatching(/^the token lacks .*members: read$/),
  ]);
  const asked = rightsOfPreview({ ...rights, selectsTeams: true });
  expect(asked.scopes).toEqual(["repo", "admin:org"]);
  expect(asked.permissions).toMatchObject({ members: "read" });
});

test("for one update, only what it needs is asked for, and said with what it is for", async () => {
  const uses = [
    { purpose: "write workflow files of api", ...rightsToWrite.files },
    { purpose: "write secrets of api", ...rightsToWrite.secret },
  ];
  const lacking = async (name: string, asked = uses) => {
    const { connection, github } = open({ GITHUB_TOKEN: simulator.world.tokenValue(name) });
    const missing = await missingRights({ github, connection, repository: "api" }, asked);
    return missing.map(missingRightWords);
  };
  expect(await lacking("full")).toEqual([]);
  expect(await lacking("expired")).toEqual([]);
  expect(await lacking("narrow", uses.slice(1))).toEqual([]);
  // Files of public repositories, the only ones that it sees.
  expect(await lacking("public", uses.slice(0, 1))).toEqual([]);
  expect(await lacking("narrow")).toMatchInlineSnapshot(`
    [
      "the PAT lacks workflow, which it needs to write workflow files of api: add what it lacks on https://github.com/settings/tokens",
    ]
  `);
  expect(await lacking("little")).toMatchInlineSnapshot(`
    [
      "the token lacks secrets: write, which it needs to write secrets of api: grant what it lacks on https://github.com/settings/personal-access-tokens",
    ]
  `);
});

test("of fine-grained PATs, GitHub shows what they read, and nothing is written", async () => {
  expect(await lines(withToken("reads"))).toMatchInlineSnapshot(`
    [
      "ok | admin token | fine-grained PAT of ada, never expires",
      "ok | may preview | the token reads what it needs",
      "warning | may apply | it reads what it needs; GitHub does not show what it may write | see on https://github.com/settings/personal-access-tokens that it may write contents, actions, administration, secrets, organization_secrets, organization_actions_variables, pull_requests, workflows",
      "ok | may watch | the token reads what it needs",
    ]
  `);
  expect(await lines(withToken("little"))).toMatchInlineSnapshot(`
    [
      "ok | admin token | fine-grained PAT of ada, never expires",
      "problem | may preview | the token lacks actions: read, administration: read, secrets: read, organization_secrets: read, organization_actions_variables: read, pull_requests: read | grant what it lacks on https://github.com/settings/personal-access-tokens",
      "problem | may apply | the token lacks actions: write, administration: write, secrets: write, organization_secrets: write, organization_actions_variables: write, pull_requests: write | grant what it lacks on https://github.com/settings/personal-access-tokens",
      "problem | may watch | the token lacks actions: read, administration: read, secrets: read, organization_secrets: read, organization_actions_variables: read, pull_requests: read | grant what it lacks on https://github.com/settings/personal-access-tokens",
    ]
  `);
  // A fleet of which it sees no repository.
  expect((await lines(withToken("reads", { repository: undefined })))[1]).toMatchInlineSnapshot(
    `"warning | may preview | its read access is tried on a repository of the fleet, and it sees none | see on https://github.com/settings/personal-access-tokens that it may read contents, actions, administration, secrets, organization_secrets, organization_actions_variables, pull_requests"`,
  );
  const writes = simulator.requests.filter(
    ({ method, path }) => method !== "GET" && !path.endsWith("/access_tokens"),
  );
  expect(writes).toEqual([]);
});
