import { afterEach, expect, test } from "vitest";
import { startStatus } from "./start-status.ts";

let organisation: Awaited<ReturnType<typeof startStatus>>;
async function start(...args: Parameters<typeof startStatus>) {
  organisation = await startStatus(...args);
  return organisation;
}
afterEach(() => organisation.close());

test("files, changes and packages of many repositories come with few requests", async () => {
  const names = Array.from({ length: 120 }, (_, index) => `service-${index}`);
  const { read, platform } = await start(
    { repositories: [{ match: "service-*" }] },
    { repositories: names.map((name) => ({ name, dockerfile: "Dockerfile" })) },
  );
  await read();
  const graphql = platform.requests.filter(({ path }) => path === "/graphql");
  // The list, the files by a hundred, the changes by fifty.
  expect(graphql).toHaveLength(2 + 2 + 3);
  const others = platform.requests.filter(({ path }) => path !== "/graphql");
  // Secrets and two workflows each; no package, so no versions.
  expect(others.length).toBeLessThanOrEqual(names.length * 3 + 6);
});

test("what drift looks at besides costs two queries per hundred repositories", async () => {
  const names = Array.from({ length: 120 }, (_, index) => `service-${index}`);
  const { read, platform, shareSecret } = await start(
    { repositories: [{ match: "service-*" }] },
    { repositories: names.map((name) => ({ name, environments: { release: {} } })) },
  );
  shareSecret(names);
  const { world } = platform;
  const { updatedAt } = world.findOrganisation("acme")!.secrets.secrets.get("GHCR_PAT")!;
  const place = { owner: "acme", branch: "main", delivery: "commit", onRemove: "keep" };
  const resource = (type: string, name: string, outputs: object) => ({
    type: `ghcr:index:${type}`,
    urn: `urn:pulumi:test::acme::${type}::${name}`,
    outputs,
  });
  const deployment = {
    resources: [
      resource("RegistrySecret", "GHCR_PAT", {
        ...{ scope: "organization", owner: "acme", name: "GHCR_PAT", box: "sealed", updatedAt },
        repositories: Object.fromEntries(
          names.map((name) => [name, world.repository(`acme/${name}`).id]),
        ),
      }),
      ...names.map((name) =>
        resource("RepositoryPublishing", name, { ...place, repository: name, mode: "none" }),
      ),
    ],
  };
  expect((await read({ deployment })).differences).toEqual([]);
  const graphql = platform.requests.filter(({ path }) => path === "/graphql");
  expect(graphql).toHaveLength(2 + 2 + 3 + 2 + 2);
  const others = platform.requests.filter(({ path }) => path !== "/graphql");
  // The secret of each repository is read once, and that of its environment; those of all others are shared.
  expect(others.length).toBeLessThanOrEqual(names.length * 2 + 10);
});
