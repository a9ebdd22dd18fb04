import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packagesOf } from "../support/packages-of.ts";
import { startFleet, type TestFleet } from "../support/start-fleet.ts";

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startFleet({ repositories: [{ match: "*" }] });
});
afterAll(() => fleet.close());

/** State as after a loss: GitHub is in order, but the stack does not know it. */
async function forget(type: string): Promise<{ urn: string; id: string }[]> {
  const { stdout } = await fleet.stack.must(["stack", "export"]);
  const state = JSON.parse(stdout) as {
    deployment: { resources: { urn: string; id: string; type: string }[] };
  };
  const { resources } = state.deployment;
  state.deployment.resources = resources.filter((resource) => resource.type !== type);
  await fleet.stack.must(["stack", "import"], { input: JSON.stringify(state) });
  return resources.filter((resource) => resource.type === type);
}

test("existing files and secrets are imported, and nothing is written for them", async () => {
  const created = await fleet.stack.up(["--skip-preview"]);
  expect(created.exitCode, created.stdout).toBe(0);
  const published = await forget("ghcr:index:RepositoryPublishing");
  expect(published).toHaveLength(5);
  fleet.takeWrites();

  const { stdout } = await fleet.stack.must(["stack", "export"]);
  const provider = /"urn": "(urn:[^"]*pulumi:providers:ghcr::ghcr)"/.exec(stdout)?.[1] ?? "";
  const request = {
    nameTable: { ghcr: provider },
    resources: published.map(({ urn, id }) => {
      const name = urn.split("::").at(-1) ?? "";
      return { type: "ghcr:index:RepositoryPublishing", name, id, provider: "ghcr" };
    }),
  };
  const file = join(fleet.stack.folder, "import.json");
  await writeFile(file, JSON.stringify(request));
  const flags = ["--file", file, "--yes", "--generate-code=false", "--protect=false"];
  await fleet.stack.must(["import", ...flags, "--config-file", fleet.stack.configFile]);

  // Only the fleet's configuration says which packages a repository publishes.
  const verified = await fleet.stack.up(["--skip-preview"]);
  expect(verified.stdout).toMatch(/Resources:\n {4}~ 5 updated\n {4}\d+ unchanged/);
  expect(await packagesOf(fleet.stack, "api")).toMatchObject([{ image: "api", push: "allowed" }]);
  const again = await fleet.stack.up(["--skip-preview"]);
  expect(again.stdout).toMatch(/Resources:\n {4}\d+ unchanged/);
  expect(fleet.takeWrites()).toEqual([]);
});

test("without import, up adopts files that are already correct", async () => {
  await forget("ghcr:index:RepositoryPublishing");
  fleet.takeWrites();
  const { stdout, exitCode } = await fleet.stack.up(["--skip-preview"]);
  expect(exitCode, stdout).toBe(0);
  expect(stdout).toContain("+ 5 created");
  expect(fleet.takeWrites()).toEqual([]);
});
