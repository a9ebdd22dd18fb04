import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { policyPack, startFleet, type TestFleet } from "./start-fleet.ts";

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startFleet({
    repositories: [{ match: "*" }],
    secret: { scope: "repository" },
  });
});
afterAll(() => fleet.close());

test("no output, state or plan holds the PAT, in any form", async () => {
  const { stack, platform } = fleet;
  const outputs: string[] = [];
  const keep = async (run: ReturnType<typeof stack.run>) => {
    const { stdout, stderr } = await run;
    outputs.push(stdout, stderr);
  };
  await keep(stack.preview([...policyPack, "--diff"]));
  await keep(stack.preview([...policyPack, "--json"]));
  await keep(stack.preview(["--save-plan", join(stack.folder, "plan.json")]));
  await keep(stack.up([...policyPack, "--diff"]));
  await stack.setSecret("ghcr-fleet:pat", platform.world.tokenValue("next-publisher"));
  await keep(stack.preview(["--diff", "--show-secrets"]));
  await keep(stack.up(["--json"]));
  await stack.setSecret("ghcr-fleet:pat", platform.world.tokenValue("too-wide"));
  await keep(stack.up(["--diff"]));
  await keep(stack.run(["stack", "export", "--show-secrets"]));
  outputs.push(...(await readTree(stack.folder)));

  const text = outputs.join("\n");
  expect(text).toContain("RegistrySecret");
  for (const name of ["publisher", "next-publisher", "too-wide"]) {
    const value = platform.world.tokenValue(name);
    for (const form of [value, Buffer.from(value).toString("base64").replace(/=+$/, "")]) {
      expect(text.includes(form), `${name} leaked`).toBe(false);
    }
  }
});

async function readTree(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), "utf8")));
}
