import { verify } from "@octokit/webhooks-methods";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Simulator, virtualClock, type VirtualClock } from "../../src/index.ts";
import { base64, createClient, type Client } from "../support/client.ts";
import { webhookDeviations } from "../support/openapi.ts";
import { startReceiver, type Receiver } from "../../src/testing/receiver.ts";
import { startAcme } from "../support/start-acme.ts";

let simulator: Simulator;
let clock: VirtualClock;
let receiver: Receiver;
let admin: Client;

beforeEach(async () => {
  clock = virtualClock("2026-08-13T09:00:00Z");
  simulator = await startAcme({ clock, webhookTimeout: 120_000 });
  receiver = await startReceiver();
  admin = createClient(simulator, "admin");
});
afterEach(async () => {
  await simulator.close();
  await receiver.close();
});

async function restart(options: { webhookTimeout?: number } = {}): Promise<void> {
  await simulator.close().catch(() => undefined);
  simulator = await startAcme({ clock, ...options });
  admin = createClient(simulator, "admin");
}

const secret = "It's a Secret to Everybody";
const repo = "/repos/acme/web";

async function hook(path: string, given: Record<string, unknown> = {}, config = {}) {
  const { body } = await admin.expecting(201, `POST ${path}/hooks`, {
    name: "web",
    config: { url: receiver.url, content_type: "json", ...config },
    ...given,
  });
  await simulator.deliveriesDone();
  return `${path}/hooks/${body.id}`;
}

async function commit(name: string): Promise<void> {
  const put = { message: `Add ${name}`, content: base64(name) };
  await admin.expecting(201, `PUT ${repo}/contents/${name}`, put);
  await simulator.deliveriesDone();
}

test("a hook is created, pinged, changed and deleted, and never shows its secret", async () => {
  const created = await admin(`POST ${repo}/hooks`, {
    config: { url: receiver.url, content_type: "json", secret, insecure_ssl: "0" },
  });
  expect(created.body).toMatchObject({
    type: "Repository",
    name: "web",
    active: true,
    events: ["push"],
    config: { url: receiver.url, content_type: "json", secret: "********", insecure_ssl: "0" },
    last_response: { code: null, status: "unused", message: null },
  });
  await simulator.deliveriesDone();
  expect(receiver.events()).toEqual(["ping"]);
  expect(JSON.parse(receiver.received[0]?.body ?? "")).toMatchObject({
    hook_id: created.body.id,
    hook: { config: { secret: "********" } },
    repository: { full_name: "acme/web" },
    organization: { login: "acme" },
    sender: { login: "acme-admin" },
  });
  const path = `${repo}/hooks/${created.body.id}`;
  expect((await admin(`GET ${path}`)).body.last_response).toEqual({
    code: 200,
    status: "active",
    message: "OK",
  });
  const config = { url: receiver.url, content_type: "form", secret };
  const { body: whole } = await admin(`PATCH ${path}`, { config });
  expect(whole.config).toMatchObject({ content_type: "form", secret: "********" });
  // Fields that an update of the whole configuration leaves out are removed.
  const bare = await admin(`PATCH ${path}`, {
    config: { url: receiver.url },
    add_events: ["release"],
    remove_events: ["push"],
    active: false,
  });
  expect(bare.body).toMatchObject({ events: ["release"], active: false });
  expect(bare.body.config).not.toHaveProperty("secret");
  expect((await admin(`GET ${repo}/hooks`)).body).toEqual([
    { ...bare.body, last_response: expect.anything() },
  ]);
  await admin.expecting(204, `DELETE ${path}`);
  await admin.expecting(404, `GET ${path}`);
  expect(simulator.world.state.auditLog.map(({ action }) => action)).toEqual([
    "hook.create",
    "hook.config_changed",
    "hook.config_changed",
    "hook.events_changed",
    "hook.active_changed",
    "hook.destroy",
  ]);
  expect(JSON.stringify(simulator.world.state.auditLog)).not.toContain(secret);
});

test.each(["json", "form"])(
  "a push arrives as %s, with a signature that a library accepts",
  async (type) => {
    const path = await hook(repo, {}, { content_type: type, secret });
    await commit("one.txt");
    const { headers, body } = receiver.received[1] ?? { headers: {}, body: "" };
    expect(headers).toMatchObject({
      accept: "*/*",
      "user-agent": expect.stringMatching(/^GitHub-Hookshot\//),
      "content-type": type === "json" ? "application/json" : "application/x-www-form-urlencoded",
      "x-github-event": "push",
      "x-github-delivery": expect.stringMatching(/^[0-9a-f-]{36}$/),
      "x-github-hook-id": path.split("/").at(-1),
      "x-github-hook-installation-target-type": "repository",
      "x-github-hook-installation-target-id": String(simulator.world.repository("acme/web").id),
      "x-hub-signature": expect.stringMatching(/^sha1=[0-9a-f]{40}$/),
    });
    const signature = String(headers["x-hub-signature-256"]);
    expect(await verify(secret, body, signature)).toBe(true);
    expect(await verify("another", body, signature)).toBe(false);
    const payload = JSON.parse(
      type === "json" ? body : (new URLSearchParams(body).get("payload") ?? ""),
    );
    expect(payload).toMatchObject({ ref: "refs/heads/main", commits: [{ added: ["one.txt"] }] });
  },
);

test("without a secret nothing is signed", async () => {
  await hook(repo);
  expect(Object.keys(receiver.received[0]?.headers ?? {}).join()).not.toContain("signature");
});

test("an organisation's hook receives events of all its repositories, with one delivery id for both", async () => {
  const path = await hook("/orgs/acme", { events: ["*"] });
  await hook(repo, { events: ["push", "create"] });
  expect((await admin(`GET ${path}`)).body).toMatchObject({ type: "Organization", events: ["*"] });
  await commit("one.txt");
  expect(receiver.events()).toEqual(["ping", "ping", "push", "push"]);
  const pushes = receiver.received.slice(2);
  expect(new Set(pushes.map(({ headers }) => headers["x-github-delivery"])).size).toBe(1);
  expect(
    pushes.map(({ headers }) => headers["x-github-hook-installation-target-type"]).sort(),
  ).toEqual(["organization", "repository"]);
  await admin(`PATCH ${path}`, { active: false });
  await admin("PUT /repos/acme/api/contents/x", { message: "x", content: base64("x") });
  await simulator.deliveriesDone();
  expect(receiver.received).toHaveLength(4);
  expect((await admin("GET /orgs/acme/hooks")).body).toHaveLength(1);
});

test("branches, pull requests and releases are reported as GitHub describes them", async () => {
  await hook("/orgs/acme", { events: ["*"] });
  await admin(`POST ${repo}/git/refs`, {
    ref: "refs/heads/topic",
    sha: (await admin(`GET ${repo}/git/ref/heads/main`)).body.object.sha,
  });
  const put = (name: string) =>
    admin(`PUT ${repo}/contents/${name}`, { message: name, content: base64("x"), branch: "topic" });
  await put("a.txt");
  await admin(`POST ${repo}/pulls`, { title: "Topic", head: "topic", base: "main" });
  await put("b.txt");
  await admin(`PUT ${repo}/pulls/1/merge`, {});
  await admin(`DELETE ${repo}/git/refs/heads/topic`);
  const { body } = await admin(`POST ${repo}/releases`, { tag_name: "v1" });
  await admin(`PATCH ${repo}/releases/${body.id}`, { prerelease: true });
  await admin(`PATCH ${repo}/releases/${body.id}`, { prerelease: false });
  await simulator.deliveriesDone();
  expect(receiver.events().sort()).toEqual(
    [
      ...["ping", "create", "push", "push", "pull_request.opened"],
      ...["push", "pull_request.synchronize", "push", "pull_request.closed", "delete", "push"],
      ...["create", "push", "release.created", "release.published", "release.released"],
      ...["release.edited", "release.edited", "release.released"],
    ].sort(),
  );
  const found = receiver.received.flatMap(({ headers, body: text }) =>
    webhookDeviations(String(headers["x-github-event"]), text),
  );
  expect(found).toEqual([]);
});

test("pings and tests are sent on request", async () => {
  const path = await hook(repo);
  const deaf = await hook(repo, { events: ["release"] });
  await admin(`POST ${path}/pings`);
  await admin(`POST ${path}/tests`);
  await admin(`POST ${deaf}/tests`);
  await simulator.deliveriesDone();
  expect(receiver.events()).toEqual(["ping", "ping", "ping", "push"]);
});

const write = () => admin(`PUT ${repo}/contents/x`, { message: "x", content: base64("x") });

test("a receiver that does not answer in time, or does not exist, fails the delivery", async () => {
  // The first answer is compared with GitHub's description, and reading that blocks the receiver.
  await hook(repo);
  await restart({ webhookTimeout: 1000 });
  const path = await hook(repo);
  receiver.answer = undefined;
  await write();
  await simulator.deliveriesDone();
  const last = async () => (await admin(`GET ${path}`)).body.last_response;
  expect(await last()).toEqual({ code: 504, status: "timeout", message: "timed out" });
  await admin(`PATCH ${path}`, { config: { url: "https://hooks.invalid/" } });
  await admin(`POST ${path}/pings`);
  await simulator.deliveriesDone();
  expect(await last()).toMatchObject({ code: 502, message: "failed to connect to host" });
});

test("a receiver that never answers delays neither a request nor closing", async () => {
  await restart({ webhookTimeout: 2 ** 31 - 1 });
  await hook(repo);
  receiver.answer = undefined;
  await write();
  await simulator.close();
  await restart();
});

test("what GitHub refuses is refused", async () => {
  await hook(repo);
  const ask = async (body: unknown, path = repo) => {
    const answer = await admin.attempt(`POST ${path}/hooks`, body);
    return [answer.status, ...(answer.body.errors ?? [])];
  };
  const config = { url: receiver.url, content_type: "json" };
  const custom = (message: string) => [422, { resource: "Hook", code: "custom", message }];
  expect(await ask({ config })).toEqual(custom("Hook already exists on this repository"));
  expect(await ask({ config, events: ["release"] })).toEqual([201]);
  expect(await ask({ name: "jenkins", config })).toEqual([
    422,
    { resource: "Hook", field: "name", code: "invalid" },
  ]);
  expect(await ask({ config: {} })).toEqual(custom("Config must contain URL for webhooks"));
  expect(await ask({ config: { url: "example.com" } })).toEqual(
    custom(
      "The URL you've entered is not valid. Please make sure that you encode all special characters first",
    ),
  );
  const invalid = [422, { resource: "Hook", field: "events", code: "invalid" }];
  expect(await ask({ config, events: ["pushes"] })).toEqual(invalid);
  expect(await ask({ config, events: ["org_block"] })).toEqual(invalid);
  expect(await ask({ config, events: ["org_block"] }, "/orgs/acme")).toEqual([201]);
  for (let index = 0; index < 19; index++) {
    expect(await ask({ config: { url: `${receiver.url}/${index}` } })).toEqual([201]);
  }
  expect(await ask({ config: { url: `${receiver.url}/19` } })).toEqual(
    custom('The "push" event cannot have more than 20 hooks'),
  );
  const stranger = createClient(simulator, "publisher");
  await stranger.expecting(404, `GET ${repo}/hooks`);
  await stranger.expecting(404, "GET /orgs/acme/hooks");
});
