import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { bundlePlugins } from "../../engine/bundle-plugins.ts";

/** A checkout whose plugins say what they read beside themselves. */
async function checkout(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "ghcr-fleet-bundle-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const folder of ["engine", "node_modules", "policy", "provider", "src"])
    await mkdir(join(root, folder));
  await writeFile(join(root, "engine/bundle-plugins.ts"), "");
  await writeFile(join(root, "node_modules/.package-lock.json"), "{}");
  await writeFile(join(root, "policy/pack.ts"), "export const packed: string = 'pack';\n");
  await writeFile(join(root, "src/where.ts"), "export const where: string = import.meta.url;\n");
  await writeFile(join(root, "provider/main.ts"), 'export { where } from "../src/where.ts";\n');
  return root;
}

const load = (root: string, name: string | undefined, plugin: string) =>
  import(pathToFileURL(join(root, `node_modules/.cache/ghcr-fleet/${name}/${plugin}.mjs`)).href);

test("each plugin is one file, which finds what lies beside its sources", async () => {
  const root = await checkout();
  const name = await bundlePlugins(root);
  expect(await load(root, name, "pack")).toMatchObject({ packed: "pack" });
  const { where } = await load(root, name, "provider");
  expect(where).toBe(pathToFileURL(join(root, "src/where.ts")).href);
});

test("a bundle is made once, and anew for sources that changed", async () => {
  const root = await checkout();
  const first = await bundlePlugins(root);
  expect(await bundlePlugins(root)).toBe(first);
  await writeFile(join(root, "policy/pack.ts"), "export const packed = 'another pack';\n");
  const second = await bundlePlugins(root);
  expect(second).not.toBe(first);
  expect(await load(root, second, "pack")).toMatchObject({ packed: "another pack" });
  expect(await load(root, first, "pack")).toMatchObject({ packed: "pack" });
});

test("packages that are installed anew are bundled anew", async () => {
  const root = await checkout();
  const first = await bundlePlugins(root);
  await writeFile(join(root, "node_modules/.package-lock.json"), '{ "another": true }');
  expect(await bundlePlugins(root)).not.toBe(first);
});

test("what nobody asked for since yesterday goes, and what is in use stays", async () => {
  const root = await checkout();
  const folder = join(root, "node_modules/.cache/ghcr-fleet");
  const used = await bundlePlugins(root);
  const [days, changed] = [new Date(Date.now() - 2 * 24 * 3600 * 1000), join(root, "src/where.ts")];
  await mkdir(join(folder, "unused"));
  for (const name of ["unused", `${used}`]) await utimes(join(folder, name), days, days);
  await bundlePlugins(root);
  await writeFile(changed, "export const where = 'elsewhere';\n");
  const next = await bundlePlugins(root);
  expect((await readdir(folder)).sort()).toEqual([used, next].sort());
});

test("without a place for it, or with a source that is missing or broken, there is none", async () => {
  const full = await checkout();
  await writeFile(join(full, "node_modules/.cache"), "a file");
  expect(await bundlePlugins(full)).toBeUndefined();
  const partial = await checkout();
  await rm(join(partial, "node_modules"), { recursive: true });
  expect(await bundlePlugins(partial)).toBeUndefined();
  const broken = await checkout();
  await writeFile(join(broken, "policy/pack.ts"), "export const = ;\n");
  expect(await bundlePlugins(broken)).toBeUndefined();
  expect(await readdir(join(broken, "node_modules/.cache/ghcr-fleet"))).toEqual([]);
});
