import { afterEach, beforeEach, expect, test } from "vitest";
import {
  parseSeed,
  type Simulator,
  startSimulator,
  virtualClock,
  type VirtualClock,
} from "../../src/index.ts";
import { ociClient } from "../../src/testing/oci-client.ts";
import { tinyImage } from "../../src/testing/tiny-image.ts";
import { fetchFrom } from "../../src/testing/fetch-from.ts";
import { createClient, seal, type Client } from "../support/client.ts";

let platform: Simulator;
let clock: VirtualClock;
let admin: Client;

const ci = `on: push
jobs:
  image:
    runs-on: ubuntu-24.04
    steps:
      - run: echo "\${{ secrets.GHCR_PAT }}"
`;

async function start(plan: "team" | "enterprise", auditLogAddresses = true): Promise<void> {
  clock = virtualClock("2026-08-13T09:00:00Z");
  const seed = parseSeed({
    organisation: {
      login: "acme",
      plan,
      basePermission: "write",
      auditLogAddresses,
      secrets: { GHCR_PAT: { value: "s3cret" }, OTHER: { value: "other" } },
    },
    users: [
      { login: "ada", role: "admin" },
      { login: "sam", role: "member" },
    ],
    tokens: [
      {
        name: "admin",
        owner: "ada",
        scopes: [
          "repo",
          "delete_repo",
          "admin:org",
          "read:audit_log",
          "read:packages",
          "delete:packages",
        ],
      },
      { name: "no-scope", owner: "ada", scopes: ["repo", "admin:org"] },
      { name: "member", owner: "sam", scopes: ["repo", "read:audit_log"] },
      { name: "publisher", owner: "sam", scopes: ["write:packages", "read:packages"] },
    ],
    repositories: [{ name: "web", files: { ".github/workflows/ci.yml": ci } }],
  });
  platform = await startSimulator({ seed, clock });
  admin = createClient(platform, "admin");
}
beforeEach(() => start("enterprise"));
afterEach(() => platform.close());

const log = (query: string) => admin(`GET /orgs/acme/audit-log?${query}`);
const search = (phrase: string, more = "") =>
  log(`phrase=${encodeURIComponent(phrase)}&order=asc${more}`);
const actionsOf = async (phrase: string): Promise<string[]> =>
  (await search(phrase)).body.map(({ action }: { action: string }) => action);

async function putSecret(scope: string, extra = {}): Promise<void> {
  const { key, key_id } = (await admin(`GET ${scope}/secrets/public-key`)).body;
  const put = { encrypted_value: seal(key, "s3cret"), key_id, ...extra };
  await admin(`PUT ${scope}/secrets/GHCR_PAT`, put);
}

async function publish(from = "127.0.0.1"): Promise<void> {
  const token = platform.world.tokenValue("publisher");
  const client = ociClient({ url: platform.registryUrl, token, fetch: fetchFrom(from) });
  const pushed = await client.push("acme/web", "1", tinyImage("1", "https://github.com/acme/web"));
  expect(pushed.status).toBe(201);
}

test("secrets, variables and permissions leave an event each, with who and from where", async () => {
  await putSecret("/orgs/acme/actions", { visibility: "all" });
  await putSecret("/repos/acme/web/actions");
  await admin("DELETE /repos/acme/web/actions/secrets/GHCR_PAT");
  await admin("POST /repos/acme/web/actions/variables", { name: "USER", value: "sam" });
  await admin("PUT /repos/acme/web/actions/permissions/workflow", {
    can_approve_pull_request_reviews: false,
  });
  expect(await actionsOf("actor:ada")).toEqual([
    "org.update_actions_secret",
    "repo.create_actions_secret",
    "repo.remove_actions_secret",
    "repo.create_actions_variable",
    "repo.set_workflow_permission_can_approve_pr",
  ]);
  const [event] = (await search("action:repo.create_actions_secret")).body;
  expect(event).toEqual({
    "@timestamp": clock.now(),
    created_at: clock.now(),
    _document_id: expect.any(String),
    action: "repo.create_actions_secret",
    actor: "ada",
    actor_id: platform.world.findUser("ada")?.id,
    actor_ip: "127.0.0.1",
    user_agent: "node",
    hashed_token: expect.stringMatching(/^[\w+/]{43}=$/),
    programmatic_access_type: "Personal access token (classic)",
    key: "GHCR_PAT",
    org: "acme",
    org_id: platform.world.findOrganisation("acme")?.id,
    repo: "acme/web",
    repo_id: platform.world.repository("acme/web").id,
    repository: "acme/web",
    repository_public: true,
  });
});

test("a person in the browser leaves an event without a token", async () => {
  const place = { scope: "organisation", organisation: "acme" } as const;
  platform.byHand("ada").setSecret(place, "GHCR_PAT", "by hand");
  const [event] = (await search("action:org")).body;
  expect(event).toMatchObject({ actor: "ada", key: "GHCR_PAT" });
  expect(event).not.toHaveProperty("hashed_token");
});

test("a push to the registry leaves events that lead back to the token and the address", async () => {
  await publish("127.0.0.66");
  const found = (await search("action:packages")).body;
  expect(found).toMatchObject([
    { action: "packages.package_published", package: "web", repo: "acme/web" },
    {
      action: "packages.package_version_published",
      actor: "sam",
      actor_ip: "127.0.0.66",
      programmatic_access_type: "Personal access token (classic)",
    },
  ]);
  expect(await actionsOf(`hashed_token:"${found[0].hashed_token}"`)).toHaveLength(2);
  await admin("DELETE /orgs/acme/packages/container/web");
  expect(await actionsOf("action:packages.package_deleted actor:ada")).toHaveLength(1);
});

test("a job leaves the names of the secrets that its workflow asks for", async () => {
  platform.byHand("ada").editFiles("acme/web", { "README.md": "# more\n" });
  await platform.actions.idle();
  expect((await search("action:workflows.prepared_workflow_job")).body).toMatchObject([
    {
      repo: "acme/web",
      job_name: "image",
      job_workflow_ref: "acme/web/.github/workflows/ci.yml@refs/heads/main",
      calling_workflow_refs: [],
      secrets_passed: ["GHCR_PAT"],
    },
  ]);
});

test("phrases combine, exclude and select dates", async () => {
  await admin("PATCH /repos/acme/web", { name: "site" });
  clock.advance({ days: 100 });
  await admin("PATCH /repos/acme/site", { visibility: "private" });
  await admin("DELETE /repos/acme/site");
  expect(await actionsOf("action:repo")).toEqual(["repo.access", "repo.destroy"]);
  expect(await actionsOf("action:repo created:>=2026-08-13")).toHaveLength(3);
  expect(await actionsOf("created:2026-08-01..2026-08-31")).toEqual(["repo.rename"]);
  expect(await actionsOf("created:>2026-08-13T09:00:00+00:00 -action:repo.access")).toEqual([
    "repo.destroy",
  ]);
  expect(await actionsOf('repo:"acme/site" actor:nobody')).toEqual([]);
  clock.advance({ days: 81 });
  expect(await actionsOf("created:>=2026-08-13")).toEqual(["repo.access", "repo.destroy"]);
});

test("cursors lead forward and back, in both orders", async () => {
  for (const name of ["one", "two", "three"]) {
    const [repository] = platform.world.repositoriesOf("acme");
    await admin(`PATCH /repos/acme/${repository?.name}`, { name });
    clock.advance({ seconds: 1 });
  }
  const pages: string[] = [];
  let next: string | undefined = "/orgs/acme/audit-log?phrase=action:repo&order=asc&per_page=1";
  let link = "";
  while (next !== undefined) {
    const answer = await admin(`GET ${next}`);
    pages.push(answer.body[0].repo);
    link = answer.headers.get("link") ?? "";
    next = /<[^>]*?(\/orgs[^>]*)>; rel="next"/.exec(link)?.[1];
  }
  expect(pages).toEqual(["acme/one", "acme/two", "acme/three"]);
  const back = /<[^>]*?(\/orgs[^>]*)>; rel="prev"/.exec(link)?.[1] ?? "";
  expect((await admin(`GET ${back}`)).body).toMatchObject([{ repo: "acme/two" }]);
  expect((await log("per_page=1")).body).toMatchObject([{ repo: "acme/three" }]);
});

test("addresses are hidden until an owner asks for them", async () => {
  await platform.close();
  await start("enterprise", false);
  await publish();
  const [event] = (await log("include=all")).body;
  expect(event).toHaveProperty("hashed_token");
  expect(event).not.toHaveProperty("actor_ip");
});

test("it is refused without scope, without rights, and on other plans", async () => {
  const as = async (token: string) => {
    const { status, headers } = await createClient(platform, token).attempt(
      "GET /orgs/acme/audit-log",
    );
    return [status, headers.get("x-accepted-oauth-scopes")];
  };
  expect(await as("no-scope")).toEqual([403, "read:audit_log"]);
  expect(await as("member")).toEqual([403, "read:audit_log"]);
  await platform.close();
  await start("team");
  await admin.expecting(404, "GET /orgs/acme/audit-log");
});

test("it allows 1,750 queries an hour, in addition to other requests", async () => {
  const { headers } = await log("per_page=1");
  expect([headers.get("x-ratelimit-resource"), headers.get("x-ratelimit-remaining")]).toEqual([
    "audit_log",
    "1749",
  ]);
});
