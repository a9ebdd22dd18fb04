import { beforeEach, expect, test } from "vitest";
import { startProvider, type Provider } from "./start-provider.ts";

let at: Provider;
beforeEach(async () => void (at = await startProvider("admin", ["web", "worker"])));

const follows = "what the stack had of it leaves the state, and nothing on GitHub is changed.";

async function refresh(name: string): Promise<boolean[]> {
  const place = { owner: "acme", repository: name };
  const { secret, variable, settings, environment, files } = at;
  const types: [typeof secret, string, object][] = [
    [secret, `acme/${name}/GHCR_PAT`, { scope: "repository", ...place, name: "GHCR_PAT" }],
    [variable, `acme/${name}/GHCR_USERNAME`, { ...place, name: "GHCR_USERNAME", value: "ada" }],
    [environment, `acme/${name}/release`, { ...place, environment: "release" }],
    [settings, `acme/${name}`, { ...place, defaultWorkflowPermissions: "read" }],
    [files, `acme/${name}`, { ...place, branch: "main", mode: "none" }],
  ];
  const found = [];
  for (const [type, id, held] of types) {
    found.push(await at.leaving(type).read(id, { ...held }, { ...held }, at.context));
  }
  return found.map((each) => each !== undefined);
}

test("of a deleted repository everything leaves the state, with one warning", async () => {
  at.world.state.repositories.delete(at.world.repository("acme/web").id);
  expect(await refresh("web")).toEqual([false, false, false, false, false]);
  expect(at.warnings).toEqual([
    `acme/web was deleted, or the admin token may not see it: ${follows} If fleet.repositories names it, remove it there`,
  ]);
});

test("a renamed repository is named with its new name", async () => {
  at.byHand.renameRepository("acme/api", "gateway");
  expect(await refresh("api")).toEqual([false, false, false, false, false]);
  expect(at.warnings).toEqual([
    `acme/api is now acme/gateway: ${follows} If fleet.repositories names api, write gateway there`,
  ]);
});

test("an archived repository stays in the state", async () => {
  at.world.repository("acme/worker").archived = true;
  expect(await refresh("worker")).toEqual([false, false, false, true, true]);
  expect(at.warnings).toEqual([]);
});
