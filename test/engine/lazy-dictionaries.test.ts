import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { engineEnvironment } from "../../engine/engine-environment.ts";

test("the engine that is used here still asks before it keeps a secret in clear", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-config-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "Pulumi.yaml"), "name: meter\nruntime: nodejs\n");
  const env = {
    ...process.env,
    ...(await engineEnvironment()),
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: "",
  };
  const pulumi = (...args: string[]) =>
    spawnSync("pulumi", [...args, "--non-interactive"], { cwd: folder, env, encoding: "utf8" });

  expect(pulumi("stack", "init", "test").status).toBe(0);
  expect(pulumi("config", "set", "apiToken", "password").status).toBe(0);
  const refused = pulumi("config", "set", "apiToken", randomBytes(24).toString("base64"));
  expect(refused.status).not.toBe(0);
  expect(refused.stderr).toContain("looks like a secret; rerun with --secret");
});
