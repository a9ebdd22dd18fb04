import { afterEach, beforeEach, expect, test } from "vitest";
import { type Simulator, virtualClock, type VirtualClock } from "../../src/index.ts";
import { rotateSealingKey } from "../../src/world/secrets/secret-stores.ts";
import { createClient, seal, type Client } from "../support/client.ts";
import { startAcme } from "../support/start-acme.ts";

const inWeb = { scope: "repository", repository: "acme/web" } as const;
const path = "/repos/acme/web/actions/secrets";

let clock: VirtualClock;
let simulator: Simulator;
let admin: Client;
beforeEach(async () => {
  clock = virtualClock("2026-08-13T09:00:00Z");
  simulator = await startAcme({ clock }, ({ organisation }) => (organisation.plan = "enterprise"));
  admin = createClient(simulator, "admin");
});
afterEach(() => simulator.close());

async function put(status: number, name: string, value: string) {
  const { key, key_id } = (await admin(`GET ${path}/public-key`)).body;
  return admin.expecting(status, `PUT ${path}/${name}`, {
    encrypted_value: seal(key, value),
    key_id,
  });
}

test("a sealed value is stored, and no answer contains it", async () => {
  await put(201, "ghcr_pat", "first");
  clock.advance({ minutes: 5 });
  await put(204, "GHCR_PAT", "second");
  expect(simulator.world.secretValue(inWeb, "GHCR_PAT")).toBe("second");
  expect((await admin(`GET ${path}`)).body).toEqual({
    total_count: 1,
    secrets: [
      {
        name: "GHCR_PAT",
        created_at: "2026-08-13T09:00:00Z",
        updated_at: "2026-08-13T09:05:00Z",
      },
    ],
  });
});

test("a box that does not open, and one for an old key, are refused", async () => {
  const { key, key_id } = (await admin(`GET ${path}/public-key`)).body;
  await admin.expecting(422, `PUT ${path}/A`, {
    encrypted_value: Buffer.alloc(80).toString("base64"),
    key_id,
  });
  rotateSealingKey(simulator.world, inWeb);
  await admin.expecting(422, `PUT ${path}/A`, {
    encrypted_value: seal(key, "x"),
    key_id,
  });
  await put(201, "A", "x");
});

test("names that GitHub refuses are refused", async () => {
  await put(422, "GITHUB_TOKEN", "x");
  await put(422, "1ST", "x");
});

test("the narrower scope wins, and the visibility excludes other repositories", () => {
  const { world } = simulator;
  const hand = simulator.byHand("acme-admin");
  const web = world.repository("acme/web");
  hand.setSecret({ scope: "organisation", organisation: "acme" }, "GHCR_PAT", "shared", {
    visibility: "selected",
    selected: new Set([web.id]),
  });
  expect(world.effectiveSecrets(web).get("GHCR_PAT")).toBe("shared");
  expect(world.effectiveSecrets(world.repository("acme/api")).size).toBe(0);
  hand.setSecret(inWeb, "GHCR_PAT", "shadow");
  expect(world.effectiveSecrets(web).get("GHCR_PAT")).toBe("shadow");
  hand.deleteSecret(inWeb, "GHCR_PAT");
  expect(world.effectiveSecrets(web).get("GHCR_PAT")).toBe("shared");
});

test("the audit log records who wrote a secret, by the hash of their token", async () => {
  await put(201, "GHCR_PAT", "first");
  await put(204, "GHCR_PAT", "second");
  await admin(`DELETE ${path}/GHCR_PAT`);
  const { body } = await admin("GET /orgs/acme/audit-log?phrase=actor:acme-admin&order=asc");
  expect(body.map((entry: { action: string; key: string }) => [entry.action, entry.key])).toEqual([
    ["repo.create_actions_secret", "GHCR_PAT"],
    ["repo.update_actions_secret", "GHCR_PAT"],
    ["repo.remove_actions_secret", "GHCR_PAT"],
  ]);
  const hashed = encodeURIComponent(`hashed_token:"${body[0].hashed_token}"`);
  expect((await admin(`GET /orgs/acme/audit-log?phrase=${hashed}`)).body).toHaveLength(3);
});

test("each service has its own secrets, sealed for its own key", async () => {
  const keys = new Set();
  for (const service of ["actions", "dependabot", "codespaces"]) {
    for (const holder of ["/orgs/acme", "/repos/acme/web"]) {
      const secrets = `${holder}/${service}/secrets`;
      const { key, key_id } = (await admin(`GET ${secrets}/public-key`)).body;
      keys.add(key);
      const put = {
        encrypted_value: seal(key, `${service} of ${holder}`),
        key_id,
        ...(holder === "/orgs/acme" && { visibility: "private" }),
      };
      await admin.expecting(201, `PUT ${secrets}/ghcr_pat`, put);
      await admin.expecting(204, `PUT ${secrets}/GHCR_PAT`, put);
      expect((await admin(`GET ${secrets}/GHCR_PAT`)).body.name).toBe("GHCR_PAT");
      expect((await admin(`GET ${secrets}`)).body.total_count).toBe(1);
    }
    expect(
      simulator.world.secretValue({ ...inWeb, service: service as "actions" }, "ghcr_pat"),
    ).toBe(`${service} of /repos/acme/web`);
  }
  expect(keys.size).toBe(6);
  const { body } = await admin("GET /orgs/acme/audit-log?phrase=action:repo&order=asc");
  expect(
    body.map(({ action, integration }: Record<string, string>) => [action, integration]),
  ).toEqual([
    ["repo.create_actions_secret", undefined],
    ["repo.update_actions_secret", undefined],
    ["repo.create_integration_secret", "Dependabot"],
    ["repo.update_integration_secret", "Dependabot"],
    ["repo.create_integration_secret", "Codespaces"],
    ["repo.update_integration_secret", "Codespaces"],
  ]);
  await admin.expecting(204, "DELETE /repos/acme/web/dependabot/secrets/GHCR_PAT");
  await admin.expecting(404, "DELETE /repos/acme/web/dependabot/secrets/GHCR_PAT");
  expect(simulator.world.secretValue(inWeb, "GHCR_PAT")).toBe("actions of /repos/acme/web");
});

test("an organisation's secret of Dependabot lists the repositories that may have it", async () => {
  const secrets = "/orgs/acme/dependabot/secrets";
  const id = simulator.world.repository("acme/web").id;
  const { key, key_id } = (await admin(`GET ${secrets}/public-key`)).body;
  const put = (status: number, more: object) =>
    admin.expecting(status, `PUT ${secrets}/PAT`, {
      encrypted_value: seal(key, "x"),
      key_id,
      ...more,
    });
  await put(422, {});
  await put(201, { visibility: "selected", selected_repository_ids: [String(id)] });
  const names = async () =>
    (await admin(`GET ${secrets}/PAT/repositories`)).body.repositories.map(
      ({ name }: { name: string }) => name,
    );
  expect(await names()).toEqual(["web"]);
  await admin.expecting(204, `DELETE ${secrets}/PAT/repositories/${id}`);
  expect(await names()).toEqual([]);
  await put(204, { visibility: "all" });
  await admin.expecting(409, `PUT ${secrets}/PAT/repositories/${id}`);
});

test("a snapshot restores everything", async () => {
  await put(201, "GHCR_PAT", "first");
  const snapshot = simulator.snapshot();
  await put(204, "GHCR_PAT", "second");
  simulator.byHand("acme-dev").editFiles("acme/web", { "x.txt": "x\n" });
  simulator.restore(snapshot);
  expect(simulator.world.secretValue(inWeb, "GHCR_PAT")).toBe("first");
  const web = simulator.world.repository("acme/web");
  expect(simulator.world.readFile(web, "main", "x.txt")).toBeUndefined();
});
