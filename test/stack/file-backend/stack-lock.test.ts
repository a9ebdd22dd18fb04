import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { assertNoLeftLock } from "../../../src/stack/file-backend/stack-lock.ts";

/** A project whose stack acme is locked by a process. */
async function locked(pid: number, host: string) {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-lock-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "Pulumi.yaml"), `name: fleet\nbackend: { url: "file://." }\n`);
  const locks = join(folder, ".pulumi/locks/organization/fleet/acme");
  await mkdir(locks, { recursive: true });
  const lock = { pid, username: "root", hostname: host };
  await writeFile(join(locks, "1.json"), JSON.stringify(lock));
  return { folder, environment: {} };
}

test("a lock whose process has ended is found before a rollout starts; one that may be in use stops nothing", async () => {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  await expect(assertNoLeftLock(await locked(pid, hostname()), ["web", "acme"])).rejects.toThrow(
    `an update of acme was killed: root@${hostname()} (pid ${pid}) has ended, and left its lock. Run \`ghcr-fleet recover acme\` first`,
  );
  await assertNoLeftLock(await locked(process.pid, hostname()), ["acme"]);
  await assertNoLeftLock(await locked(pid, "elsewhere"), ["acme"]);
});
