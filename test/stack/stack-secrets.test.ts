import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { setSecretConfig } from "../../src/stack/stack-secrets.ts";

/** An engine that empties the file before it writes, like the real one, and then writes `text`. */
async function placeWithEngine(then: string) {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-config-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const engine = `#!/bin/sh\nwhile [ "$1" != --config-file ]; do shift; done\n: >"$2"\n${then}\n`;
  await writeFile(join(folder, "pulumi"), engine, { mode: 0o755 });
  const file = join(folder, "Pulumi.prod.yaml");
  await writeFile(file, "config: {}\n");
  return { place: { folder, environment: { PATH: `${folder}:${process.env["PATH"]}` } }, file };
}

test("a stack's configuration is whole, before and after a secret is stored", async () => {
  const { place, file } = await placeWithEngine('cat >"$2"');
  await setSecretConfig(place, "acme/prod", "ghcr-fleet:pat", "value");
  expect(await readFile(file, "utf8")).toBe("value");
  expect((await readdir(place.folder)).sort()).toEqual(["Pulumi.prod.yaml", "pulumi"]);
});

test("an engine that is killed while it writes does not change the configuration", async () => {
  const { place, file } = await placeWithEngine("echo 'no space left on device' >&2; exit 1");
  await expect(setSecretConfig(place, "prod", "ghcr-fleet:pat", "value")).rejects.toThrow(
    `${file} was not changed, because the new version could not be written: pulumi config set failed: no space left on device`,
  );
  expect(await readFile(file, "utf8")).toBe("config: {}\n");
  expect((await readdir(place.folder)).sort()).toEqual(["Pulumi.prod.yaml", "pulumi"]);
});
