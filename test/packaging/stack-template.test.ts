import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { stackTemplate } from "../../packaging/stack-template.ts";
import { checkWorkflows } from "../../policy/check.ts";

const folder = fileURLToPath(new URL("../../templates/stack", import.meta.url));

test("templates/stack is what init writes: npm run template writes it again", async () => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const found = await Promise.all(
    paths.map(async (path) => [path, await readFile(join(folder, path), "utf8")] as const),
  );
  expect(new Map(found.sort())).toEqual(new Map([...(await stackTemplate())].sort()));
});

test("the workflows of a stack repository keep the product's own rules", async () => {
  const texts = [...(await stackTemplate())]
    .filter(([path]) => path.startsWith(".github/"))
    .map(([path, text]) => ({ path, text }));
  expect(texts).toHaveLength(4);
  expect(await checkWorkflows(texts, { now: new Date() })).toEqual([]);
});

test("no document and no message lets npx download whatever has the package's name", async () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const folders = ["docs", "src", "templates", "packaging", "demo", "tools", "packages"];
  const found = await Promise.all(
    folders.map((each) => readdir(join(root, each), { recursive: true, withFileTypes: true })),
  );
  const paths = found
    .flat()
    .filter((entry) => entry.isFile() && /\.(?:md|ts|mjs|ya?ml|json)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes("node_modules/"));
  const top = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map((name) => join(root, name));
  const texts = await Promise.all([...paths, ...top].map((path) => readFile(path, "utf8")));
  const risky = [...paths, ...top].filter((_, index) =>
    /npx (?!--no-install )(?:--\S+ )*(?:ghcr-fleet|github-simulator)/.test(texts[index] ?? ""),
  );
  expect(risky).toEqual([]);
});
