import { afterAll, beforeAll, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { createClient, seal, type Client } from "../support/client.ts";
import { startAcme } from "../support/start-acme.ts";

let simulator: Simulator;
let admin: Client;

beforeAll(async () => {
  simulator = await startAcme();
  admin = createClient(simulator, "admin");
});
afterAll(() => simulator.close());

const secured = { secret_scanning: { status: "enabled" } };

test.each([
  ["POST /orgs/acme/repos", { name: "new", license_template: "mit" }, "license_template"],
  ["POST /orgs/acme/repos", { name: "new", team_id: 7 }, "team_id"],
  ["PATCH /repos/acme/web", { security_and_analysis: secured }, "security_and_analysis"],
  ["PATCH /repos/acme/web", { has_pull_requests: false }, "has_pull_requests"],
  ["PATCH /orgs/acme", { web_commit_signoff_required: true }, "web_commit_signoff_required"],
  ["POST /repos/acme/web/releases", { tag_name: "v9", generate_release_notes: true }, "generate_"],
  ["POST /repos/acme/web/issues", { title: "x", assignee: "acme-dev" }, "assignee"],
  ["GET /repos/acme/web/commits?author=ada", undefined, "author"],
  ["GET /repos/acme/web/issues?mentioned=acme-dev", undefined, "mentioned"],
  ["GET /repos/acme/web/pulls?sort=popularity", undefined, "popularity"],
])("%s %j answers 501 and names what is not supported", async (route, body, named) => {
  const answer = await admin.expecting(501, route, body);
  expect(answer.body.message).toContain(named);
});

test.each([
  ["POST /repos/acme/web/pulls", { title: "x" }, '"head", "base" weren\'t supplied.'],
  ["POST /repos/acme/web/issues", {}, '"title" wasn\'t supplied.'],
  [
    "POST /repos/acme/web/issues",
    { title: "x", body: false },
    "For 'properties/body', false is not a string.",
  ],
  [
    "PUT /repos/acme/web/contents/a",
    { message: "x", content: "", sha: null },
    "For 'properties/sha', nil is not a string.",
  ],
])("%s %j is refused with GitHub's message", async (route, body, words) => {
  const answer = await admin.expecting(422, route, body);
  expect(answer.body.message).toBe(`Invalid request.\n\n${words}`);
});

test("fields that GitHub does not have are ignored", async () => {
  const body = JSON.parse('{"name":"odd","__proto__":[1]}') as object;
  await admin.expecting(201, "POST /repos/acme/web/labels", body);
});

test("empty and disabled fields request nothing", async () => {
  await admin.expecting(201, "POST /orgs/acme/repos", {
    name: "plain",
    license_template: "",
    gitignore_template: null,
    custom_properties: {},
  });
});

test("labels are accepted as a bare array, too", async () => {
  const { number } = (await admin("POST /repos/acme/web/issues", { title: "Labelled" })).body;
  const added = await admin(`POST /repos/acme/web/issues/${number}/labels`, ["bug"]);
  expect(added.body).toMatchObject([{ name: "bug" }]);
});

test("a release that should not be the latest is not", async () => {
  await admin("POST /repos/acme/api/releases", { tag_name: "v2.0.0" });
  const fix = { tag_name: "v1.0.1", make_latest: "false" };
  const { id } = (await admin("POST /repos/acme/api/releases", fix)).body;
  expect((await admin("GET /repos/acme/api/releases/latest")).body.tag_name).toBe("v2.0.0");
  await admin("POST /repos/acme/api/releases", { tag_name: "v3.0.0" });
  const patch = `PATCH /repos/acme/api/releases/${id}`;
  await admin.expecting(501, patch, { make_latest: "true" });
  await admin.expecting(422, patch, { tag_name: "v2.0.0" });
});

test("drafts of releases are only for those who may push", async () => {
  const draft = { tag_name: "v1", draft: true };
  const { id } = (await admin("POST /repos/acme/web/releases", draft)).body;
  for (const path of [`releases/${id}`, `releases/${id}/assets`]) {
    await admin.expecting(200, `GET /repos/acme/web/${path}`);
    await createClient(simulator).expecting(404, `GET /repos/acme/web/${path}`);
  }
});

test("a refused change of a repository changes nothing", async () => {
  const noMerges = { allow_merge_commit: false, allow_squash_merge: false };
  const refused = [
    { ...noMerges, allow_rebase_merge: false },
    { name: "api", default_branch: "other" },
    { name: "other", default_branch: "nowhere" },
  ];
  simulator.byHand("acme-dev").editFiles("acme/web", { x: "" }, { branch: "other" });
  const read = async () => (await admin("GET /repos/acme/web")).body;
  const before = await read();
  for (const change of refused) await admin.expecting(422, "PATCH /repos/acme/web", change);
  expect(await read()).toEqual(before);
  await admin.expecting(422, "POST /orgs/acme/repos", { name: "refused", ...refused[0] });
  await admin.expecting(404, "GET /repos/acme/refused");
  const names = Array.from({ length: 21 }, (_, at) => `topic-${at}`);
  await admin.expecting(422, "PUT /repos/acme/web/topics", { names });
});

test("a repository has at most 100 secrets, and overwrites still work", async () => {
  const path = "/repos/acme/web/actions/secrets";
  const { key, key_id } = (await admin(`GET ${path}/public-key`)).body;
  const put = { encrypted_value: seal(key, "value"), key_id };
  const { secrets } = simulator.world.repository("acme/web").secrets;
  for (let n = secrets.size; n < 100; n++) {
    await admin.expecting(201, `PUT ${path}/S${n}`, put);
  }
  await admin.expecting(422, `PUT ${path}/ONE_MORE`, put);
  await admin.expecting(204, `PUT ${path}/S99`, put);
});

test("repositories are searched by GitHub's qualifiers", async () => {
  const search = async (phrase: string) => {
    const { status, body } = await admin.attempt(
      `GET /search/repositories?q=${encodeURIComponent(phrase)}`,
    );
    return status === 200 ? body.items.map(({ name }: { name: string }) => name) : status;
  };
  expect(await search("org:acme edge in:name")).toBe(501);
  expect(await search("org:acme edge")).toEqual(["edge-proxy"]);
  expect(await search("org:nobody edge")).toEqual([]);
  expect(await search("repo:acme/web")).toEqual(["web"]);
  expect(await search("org:acme archived:true")).toEqual(
    simulator.world.repositoriesOf("acme").flatMap((each) => (each.archived ? [each.name] : [])),
  );
  expect(await search("org:acme stars:>5")).toBe(501);
  expect(await search(" ")).toBe(422);
});
