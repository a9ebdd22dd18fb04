import { copyFile, mkdtemp, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * A checkout of the project for one test: a folder of links to the real program, provider and
 * policy pack, where stacks keep their configuration next to Pulumi.yaml, like a person's stacks.
 */
export async function linkProject(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-project-"));
  await copyFile(join(root, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
  const linked = ["index.ts", "package.json", "src", "provider", "policy", "tools", "node_modules"];
  await Promise.all(linked.map((name) => symlink(join(root, name), join(folder, name))));
  return folder;
}
