import { afterEach, beforeEach, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { createClient, type Client } from "../support/client.ts";
import { mintClassic } from "../support/mint-classic.ts";
import { publicKey } from "../support/ssh-key.ts";
import { startAcme } from "../support/start-acme.ts";

let simulator: Simulator;
let admin: Client;

beforeEach(async () => {
  simulator = await startAcme();
  admin = createClient(simulator, "admin");
});
afterEach(() => simulator.close());

test("Dependabot's security updates need its alerts", async () => {
  const path = "/repos/acme/web/automated-security-fixes";
  await admin.expecting(404, `GET ${path}`);
  const refused = await admin.expecting(422, `PUT ${path}`);
  expect(refused.body.message).toBe(
    "Vulnerability alerts must be enabled to configure automated security fixes.",
  );
  await admin("PUT /repos/acme/web/vulnerability-alerts");
  expect((await admin(`GET ${path}`)).body).toEqual({ enabled: false, paused: false });
  await admin.expecting(204, `PUT ${path}`);
  expect((await admin(`GET ${path}`)).body).toEqual({ enabled: true, paused: false });
  await admin.expecting(204, `DELETE ${path}`);
  expect((await admin(`GET ${path}`)).body).toEqual({ enabled: false, paused: false });
});

test("a person's SSH keys are seen by all, and changed by tokens that may", async () => {
  const key = publicKey();
  const { body } = await admin.expecting(201, "POST /user/keys", { title: "laptop", key });
  expect(body).toMatchObject({ title: "laptop", key, read_only: false });
  expect((await admin("GET /user/keys")).body).toEqual([body]);
  expect((await admin(`GET /user/keys/${body.id}`)).body).toEqual(body);
  expect((await admin("GET /users/acme-admin/keys")).body).toEqual([{ id: body.id, key }]);
  const taken = await admin.expecting(422, "POST /repos/acme/web/keys", { title: "ci", key });
  expect(taken.body.errors[0].message).toBe("key is already in use");
  const publisher = createClient(simulator, "publisher");
  await publisher.expecting(404, "POST /user/keys", { key: publicKey() });
  await admin.expecting(204, `DELETE /user/keys/${body.id}`);
  expect((await admin("GET /user/keys")).body).toEqual([]);
});

test("an organisation's settings are stored and enforced", async () => {
  const token = mintClassic(simulator, "member", "acme-dev", ["repo"]);
  expect(token).not.toBe("");
  const member = createClient(simulator, "member");
  const create = async (name: string, visibility: string) =>
    (await member.attempt("POST /orgs/acme/repos", { name, visibility })).status;
  expect(await create("one", "private")).toBe(201);
  const { body } = await admin("PATCH /orgs/acme", {
    billing_email: "bills@acme.example",
    company: "ACME",
    description: "Makes everything",
    members_can_create_private_repositories: false,
    dependabot_alerts_enabled_for_new_repositories: true,
    default_repository_permission: "read",
  });
  expect(body).toMatchObject({
    billing_email: "bills@acme.example",
    company: "ACME",
    description: "Makes everything",
    members_can_create_repositories: true,
    members_can_create_private_repositories: false,
  });
  expect((await admin("GET /orgs/acme")).body).toEqual(body);
  expect(await create("two", "private")).toBe(403);
  expect(await create("two", "public")).toBe(201);
  await admin.expecting(204, "GET /repos/acme/two/vulnerability-alerts");
  expect(simulator.world.state.auditLog.map(({ action }) => action)).toContain(
    "org.update_default_repository_permission",
  );
  const none = await admin("PATCH /orgs/acme", { members_can_create_repositories: false });
  expect(none.body.members_can_create_public_repositories).toBe(false);
  await admin.expecting(501, "PATCH /orgs/acme", { web_commit_signoff_required: true });
});
