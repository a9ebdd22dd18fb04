import { parseSeed, startSimulator } from "github-simulator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { assertApart } from "../../../src/cli/stacks/assert-apart.ts";
import { loadFleetConfig } from "../../../src/fleet/load-fleet-config.ts";

let simulator: Awaited<ReturnType<typeof startSimulator>>;
beforeAll(async () => {
  simulator = await startSimulator({
    actions: false,
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [{ login: "acme-admin", role: "admin" }],
      tokens: [{ name: "admin", owner: "acme-admin", scopes: ["repo", "admin:org"] }],
      repositories: [{ name: "api" }, { name: "api", owner: "acme-admin" }],
    }),
  });
});
afterAll(() => simulator.close());

function stack(name: string, config: Readonly<Record<string, unknown>>, owner = "acme") {
  return {
    name,
    connection: {
      ...{ owner, baseUrl: simulator.url, tokenFrom: "environment" as const },
      token: simulator.world.tokenValue("admin"),
    },
    settings: {
      ...loadFleetConfig({ repositories: [{ name: "api" }], ...config }),
      file: `Pulumi.${name}.yaml`,
    },
  };
}

const own = { secret: { scope: "repository" } };
const shared = (repository: string) => ({ ...own, shared: { repository } });

test.each([
  [
    "central repository, in whichever case",
    () => [stack("web", shared("acme/.github")), stack("tools", shared("Acme/.GitHub"))],
    "the stacks web and tools both write the shared workflow of Acme/.GitHub: name another repository in fleet.shared.repository of one of them, or use one stack",
  ],
  [
    "organisation's secret",
    () => [stack("web", {}), stack("other", own), stack("tools", {})],
    "the stacks web and tools both write the organisation's secret GHCR_PAT: use repository secrets (fleet.secret.scope: repository), or one stack",
  ],
])("two stacks with one %s are refused", async (_, stacks, message) => {
  await expect(assertApart(stacks())).rejects.toThrow(message);
});

test("stacks of organisations of one name on different hosts are not refused", async () => {
  const other = (config: object) => {
    const declared = stack("server", { ...config });
    return {
      ...declared,
      connection: { ...declared.connection, baseUrl: "https://github.acme.example/api/v3" },
    };
  };
  await assertApart([stack("web", shared("acme/.github")), other(shared("acme/.github"))]);
  await assertApart([stack("web", {}), other({})]);
});

test("stacks that write different things, or of a user account, are not refused", async () => {
  await assertApart([
    stack("web", shared("acme/.github")),
    stack("tools", shared("acme/workflows")),
    stack("third", { secret: { name: "OTHER_PAT" } }),
  ]);
  await assertApart([stack("web", {}, "acme-admin"), stack("tools", {}, "acme-admin")]);
});
