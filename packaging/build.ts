// Builds the npm package into dist/, where `npm pack` makes the tarball: npm run build:package
import { spawnSync } from "node:child_process";
import { cp, glob, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageManifest, type Manifest } from "./package-manifest.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");

await rm(dist, { recursive: true, force: true });
compile();
await copy([
  // What the code reads, and what the engine reads about plugin and pack.
  "src/**/templates/workflows/*",
  "src/report/page/page.*",
  "{provider,policy}/*.{yaml,json}",
  "provider/pulumi-resource-ghcr",
  "schema/*.json",
  // `ghcr-fleet init` copies them.
  "templates/stack/.github/**/*.yml",
  "templates/renovate/*.json",
  "docs/**/*.{md,svg}",
  "{CHANGELOG,LICENSE,README}*",
]);
const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Manifest;
const packaged = packageManifest(manifest, process.env["GITHUB_REPOSITORY"]);
await writeFile(join(dist, "package.json"), `${JSON.stringify(packaged, null, 2)}\n`);

function compile(): void {
  const compiler = createRequire(import.meta.url).resolve("typescript/lib/tsc.js");
  const project = join(root, "packaging/tsconfig.json");
  const { status } = spawnSync(process.execPath, [compiler, "-p", project], {
    stdio: ["ignore", process.stderr, process.stderr],
  });
  if (status !== 0) throw new Error("the package was not built: see the errors of tsc above");
}

async function copy(patterns: readonly string[]): Promise<void> {
  for await (const entry of glob(patterns, { cwd: root, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join(dist, source.slice(root.length));
    await mkdir(dirname(target), { recursive: true });
    await cp(source, target);
  }
}
