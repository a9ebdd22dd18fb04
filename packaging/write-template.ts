// Writes templates/stack from what `ghcr-fleet init` writes: npm run template
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { stackTemplate } from "./stack-template.ts";

const folder = new URL("../templates/stack/", import.meta.url);
await rm(folder, { recursive: true, force: true });
for (const [path, text] of await stackTemplate()) {
  const file = fileURLToPath(new URL(path, folder));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
