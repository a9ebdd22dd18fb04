import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { PulumiStack } from "../../../../tools/pulumi-stack.ts";
import { exampleSeed, loadSeed, startSimulator } from "github-simulator";

test("the pack alone finds what is wrong in a program of the official provider", async () => {
  const seed = await loadSeed(exampleSeed);
  const simulator = await startSimulator({ actions: false, seed });
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-plain-"));
  onTestFinished(async () => {
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  });
  const password = "hunter2-is-not-a-token";
  const stack = await PulumiStack.create({
    folder,
    project: fileURLToPath(new URL("fixture", import.meta.url)),
    stack: "plain",
    config: { "github:owner": "acme", "github:baseUrl": `${simulator.url}/` },
    secrets: { "github:token": simulator.world.tokenValue("admin"), "plain:password": password },
  });
  const pack = fileURLToPath(new URL("../../../../policy", import.meta.url));
  const { exitCode, stdout, stderr } = await stack.preview(["--policy-pack", pack]);

  expect(exitCode).not.toBe(0);
  const violations = Array.from(
    stdout.matchAll(/^ +- \[(mandatory)\].*?\] +(\S+) +\(github:index:\w+: (\w+)\)$/gm),
    ([, level, rule, resource]) => `${level} ${rule} ${resource}`,
  );
  expect(violations.sort(), stdout + stderr).toEqual([
    "mandatory pat-classic password",
    "mandatory pat-source password",
    "mandatory secret-name password",
    "mandatory workflow-no-dangerous-trigger labeller",
    "mandatory workflow-no-injection labeller",
    "mandatory workflow-no-persisted-credentials labeller",
    "mandatory workflow-pinned labeller",
  ]);
  expect(stdout).toContain("(.github/workflows/label.yml:7)");
  expect(stdout + stderr).not.toContain(password);
});
