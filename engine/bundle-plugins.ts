import { createHash } from "node:crypto";
import { chmod, mkdtemp, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { exists } from "./steps/exists.mjs";
import { makeFolder } from "./steps/make-folder.mjs";

/**
 * What the engine starts anew with each command, by the name of its bundle. A pack is loaded by the SDK,
 * and has to meet the same one.
 */
const plugins = {
  provider: { input: "provider/main.ts", external: [] },
  pack: { input: "policy/pack.ts", external: /^@pulumi\// },
};

/** What a bundle is made of, and by; npm writes the last when it installs. */
const sources = [
  ...["policy", "provider", "src", "engine/bundle-plugins.ts"],
  "node_modules/.package-lock.json",
];

/**
 * Has one file in the place of the thousand modules of each plugin: what Node does to find, read and link
 * a module takes longer than what most of them do. A bundle is made when a source has changed, and plugins
 * that find none run from their sources.
 *
 * @param root the checkout
 * @returns the name under which plugins find their bundle, for GHCR_FLEET_BUNDLES; nothing where there is
 *   no bundler, as after `npm ci --omit=dev`, or no file can be read or written
 */
export async function bundlePlugins(root: string): Promise<string | undefined> {
  try {
    const folder = join(root, "node_modules/.cache/ghcr-fleet");
    const name = await digest(root);
    if (await touch(join(folder, name))) return name;
    await makeFolder(folder);
    const fresh = await mkdtemp(join(folder, "new-"));
    try {
      await bundle(root, fresh);
      await chmod(fresh, 0o755);
      // Where somebody else was faster, theirs is as good.
      await rename(fresh, join(folder, name)).catch(() => {});
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
    await removeOld(folder);
    return name;
  } catch {
    return undefined;
  }
}

async function bundle(root: string, folder: string): Promise<void> {
  const { rolldown } = await import("rolldown");
  for (const [name, { input, external }] of Object.entries(plugins)) {
    const build = await rolldown({
      cwd: root,
      input: { [name]: input },
      external,
      platform: "node",
      plugins: [{ name: "address-of-source", transform: { filter, handler: keepAddress } }],
      onLog: () => {},
    });
    await build.write({
      dir: folder,
      entryFileNames: "[name].mjs",
      chunkFileNames: "[name]-[hash].mjs",
    });
    await build.close();
  }
}

/** Files beside a source are found from there. */
const filter = { code: "import.meta.url" };
function keepAddress(code: string, id: string): string {
  return code.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(id).href));
}

/** Changes with every source: their names, sizes and times, in this place. */
async function digest(root: string): Promise<string> {
  const hash = createHash("sha256").update(root);
  for (const source of sources) {
    for (const file of await filesOf(join(root, source))) {
      const { size, mtimeMs } = await stat(file);
      hash.update(`\n${file}\0${size}\0${mtimeMs}`);
    }
  }
  return hash.digest("hex").slice(0, 16);
}

async function filesOf(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const aDay = 24 * 60 * 60 * 1000;

/** Those that nobody asked for since yesterday: what runs loads its parts when it needs them. */
async function removeOld(folder: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    const path = join(folder, entry);
    const found = await stat(path).catch(() => undefined);
    if (!found || Date.now() - found.mtimeMs < aDay) continue;
    // Out of the way at once: half a bundle must not look like one.
    const old = `${path}-old`;
    // Somebody else may be clearing up, too.
    await rename(path, old).catch(() => {});
    await rm(old, { recursive: true, force: true });
  }
}

/** Whether it is there; it counts as used now. */
async function touch(path: string): Promise<boolean> {
  const now = new Date();
  return utimes(path, now, now).then(
    () => true,
    () => exists(path),
  );
}
