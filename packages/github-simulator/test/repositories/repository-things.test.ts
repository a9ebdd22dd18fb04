import { afterEach, beforeEach, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { createClient, type Client } from "../support/client.ts";
import { webhookDeviations } from "../support/openapi.ts";
import { startReceiver } from "../../src/testing/receiver.ts";
import { publicKey } from "../support/ssh-key.ts";
import { startAcme } from "../support/start-acme.ts";

let simulator: Simulator;
let admin: Client;

beforeEach(async () => {
  simulator = await startAcme();
  admin = createClient(simulator, "admin");
});
afterEach(() => simulator.close());

const repo = "/repos/acme/web";

test("a deploy key is added, read and removed, and logged", async () => {
  const key = publicKey();
  const given = { title: "ci", key: `${key} ci@acme\n`, read_only: true };
  const { body } = await admin.expecting(201, `POST ${repo}/keys`, given);
  expect(body).toMatchObject({ title: "ci", key, read_only: true, added_by: "acme-admin" });
  expect((await admin(`GET ${repo}/keys`)).body).toEqual([body]);
  expect((await admin(`GET ${repo}/keys/${body.id}`)).body).toEqual(body);
  await admin.expecting(204, `DELETE ${repo}/keys/${body.id}`);
  await admin.expecting(404, `GET ${repo}/keys/${body.id}`);
  const { auditLog } = simulator.world.state;
  expect(auditLog.map(({ action, fields }) => [action, fields.fingerprint])).toEqual([
    ["public_key.create", expect.stringMatching(/^SHA256:[\w+/]{43}$/)],
    ["public_key.delete", expect.stringMatching(/^SHA256:[\w+/]{43}$/)],
  ]);
});

test("a deploy key that is invalid, or that another repository has, is refused", async () => {
  const ask = async (key: string, path = repo) => {
    const { status, body } = await admin.attempt(`POST ${path}/keys`, { title: "ci", key });
    return [status, body.errors?.[0].message];
  };
  const key = publicKey();
  expect(await ask(key)).toEqual([201, undefined]);
  expect(await ask(`${key} other comment`)).toEqual([422, "key is already in use"]);
  expect(await ask(key, "/repos/acme/api")).toEqual([422, "key is already in use"]);
  const invalid = [422, "key is invalid. You must supply a key in OpenSSH public key format"];
  expect(await ask("ssh-ed25519 AAAA")).toEqual(invalid);
  expect(await ask(key.replace("ssh-ed25519", "ssh-rsa"))).toEqual(invalid);
  expect(await ask(key.slice(0, -8))).toEqual(invalid);
  expect(await ask("-----BEGIN PUBLIC KEY-----")).toEqual(invalid);
  const stranger = createClient(simulator, "publisher");
  await stranger.expecting(404, `GET ${repo}/keys`);
});

test("autolinks are added, read and removed, and none may overlap another", async () => {
  const template = { url_template: "https://example.com/<num>" };
  const { body } = await admin.expecting(201, `POST ${repo}/autolinks`, {
    key_prefix: "TICKET-",
    ...template,
  });
  expect(body).toMatchObject({ key_prefix: "TICKET-", is_alphanumeric: true, ...template });
  const errors = async (given: object) =>
    (await admin.expecting(422, `POST ${repo}/autolinks`, given)).body.errors;
  expect(await errors({ key_prefix: "TICK", ...template })).toEqual([
    { resource: "KeyLink", field: "key_prefix", code: "already_exists" },
  ]);
  expect(await errors({ key_prefix: "B-", url_template: "https://example.com/" })).toEqual([
    { resource: "KeyLink", field: "url_template", code: "invalid" },
  ]);
  expect((await admin(`GET ${repo}/autolinks`)).body).toEqual([body]);
  expect((await admin(`GET ${repo}/autolinks/${body.id}`)).body).toEqual(body);
  await admin.expecting(204, `DELETE ${repo}/autolinks/${body.id}`);
  await admin.expecting(404, `GET ${repo}/autolinks/${body.id}`);
});

test("milestones gather issues, and are closed, sorted and deleted", async () => {
  const first = await admin.expecting(201, `POST ${repo}/milestones`, {
    title: "v1",
    description: "First",
    due_on: "2026-12-24T23:39:00Z",
  });
  expect(first.body).toMatchObject({ number: 1, state: "open", due_on: "2026-12-24T08:00:00Z" });
  expect(
    (await admin.expecting(422, `POST ${repo}/milestones`, { title: "v1" })).body.errors,
  ).toEqual([{ resource: "Milestone", field: "title", code: "already_exists" }]);
  const early = { title: "v0", due_on: "2026-07-01T00:00:00Z" };
  expect((await admin(`POST ${repo}/milestones`, early)).body.due_on).toBe("2026-06-30T07:00:00Z");
  const titles = async (query: string) =>
    (await admin(`GET ${repo}/milestones?${query}`)).body.map(
      ({ title }: { title: string }) => title,
    );
  expect(await titles("")).toEqual(["v0", "v1"]);
  expect(await titles("direction=desc")).toEqual(["v1", "v0"]);

  const issue = await admin(`POST ${repo}/issues`, { title: "x", milestone: 1, labels: ["bug"] });
  expect(issue.body.milestone).toMatchObject({ title: "v1", open_issues: 1, closed_issues: 0 });
  const unknown = await admin.expecting(422, `POST ${repo}/issues`, { title: "y", milestone: 9 });
  expect(unknown.body.errors).toEqual([{ resource: "Issue", field: "milestone", code: "invalid" }]);
  await admin(`POST ${repo}/issues`, { title: "z" });
  for (const [query, count] of [
    ["1", 1],
    ["*", 1],
    ["none", 1],
    ["2", 0],
  ] as const) {
    expect((await admin(`GET ${repo}/issues?milestone=${query}`)).body).toHaveLength(count);
  }
  const query = `{ repository(owner: "acme", name: "web") {
    issue(number: 1) { milestone { title dueOn } }
    milestones(first: 5, states: OPEN) { nodes { number } }
  } }`;
  expect((await admin("POST /graphql", { query })).body.data.repository).toEqual({
    issue: { milestone: { title: "v1", dueOn: "2026-12-24T08:00:00Z" } },
    milestones: { nodes: [{ number: 1 }, { number: 2 }] },
  });

  const closed = await admin(`PATCH ${repo}/milestones/1`, { state: "closed", due_on: null });
  expect(closed.body).toMatchObject({
    state: "closed",
    due_on: null,
    closed_at: expect.any(String),
  });
  expect(await titles("state=closed")).toEqual(["v1"]);
  expect(await titles("state=all")).toEqual(["v0", "v1"]);
  await admin(`PATCH ${repo}/issues/1`, { milestone: null });
  expect((await admin(`GET ${repo}/issues/1`)).body.milestone).toBeNull();
  await admin(`PATCH ${repo}/issues/1`, { milestone: 2 });
  await admin.expecting(204, `DELETE ${repo}/milestones/2`);
  expect((await admin(`GET ${repo}/issues/1`)).body.milestone).toBeNull();
  await admin.expecting(404, `GET ${repo}/milestones/2`);
  expect((await admin(`POST ${repo}/milestones`, { title: "v2" })).body.number).toBe(3);
});

test("webhooks receive events of deploy keys and milestones", async () => {
  const receiver = await startReceiver();
  await admin(`POST ${repo}/hooks`, {
    config: { url: receiver.url, content_type: "json" },
    events: ["deploy_key", "milestone"],
  });
  const key = await admin(`POST ${repo}/keys`, { title: "ci", key: publicKey() });
  await admin(`DELETE ${repo}/keys/${key.body.id}`);
  await admin(`POST ${repo}/milestones`, { title: "v1" });
  await admin(`PATCH ${repo}/milestones/1`, { title: "v2", state: "closed" });
  await admin(`DELETE ${repo}/milestones/1`);
  await simulator.deliveriesDone();
  expect(receiver.events().sort()).toEqual([
    "deploy_key.created",
    "deploy_key.deleted",
    "milestone.closed",
    "milestone.created",
    "milestone.deleted",
    "milestone.edited",
    "ping",
  ]);
  const found = receiver.received.flatMap(({ headers, body }) =>
    webhookDeviations(String(headers["x-github-event"]), body),
  );
  expect(found).toEqual([]);
  await receiver.close();
});
