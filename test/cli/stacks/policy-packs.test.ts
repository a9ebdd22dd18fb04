import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { policyPacks } from "../../../src/cli/stacks/policy-packs.ts";

test("a misspelt rule is refused: the engine would ignore it", async () => {
  const file = join(await mkdtemp(join(tmpdir(), "ghcr-fleet-test-")), "policy.json");
  await writeFile(file, JSON.stringify({ "workflow-pined": "mandatory" }));
  await expect(policyPacks(file)).rejects.toThrow(
    "workflow-pined: is not a rule; remove it, or correct its spelling",
  );
  await writeFile(file, JSON.stringify({ "workflow-pinned": "mandatory" }));
  expect(await policyPacks(file)).toMatchObject({ policyPackConfigs: [file] });
});
