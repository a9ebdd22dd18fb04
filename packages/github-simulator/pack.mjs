// `npm pack` runs this before and after it makes the tarball. A checkout is used without a build: its
// entries are the sources. The tarball has built ones, because Node strips no types below node_modules.
// Only a tarball is published, so only there `private` is absent.
// Usage: node pack.mjs build|restore
import { spawnSync } from "node:child_process";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const file = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const [task] = process.argv.slice(2);

switch (task) {
  case "build":
    // First, so that a build that fails, or was killed before, leaves the checkout as it was.
    pointEntriesAt("src");
    build();
    pointEntriesAt("dist");
    break;
  case "restore":
    pointEntriesAt("src");
    rmSync(file("dist"), { recursive: true, force: true });
    break;
  default:
    process.stderr.write("node pack.mjs build|restore\n");
    process.exitCode = 2;
}

function build() {
  rmSync(file("dist"), { recursive: true, force: true });
  const compiler = createRequire(import.meta.url).resolve("typescript/lib/tsc.js");
  const { status } = spawnSync(process.execPath, [compiler, "-p", file("tsconfig.build.json")], {
    stdio: ["ignore", process.stderr, process.stderr],
  });
  if (status !== 0) throw new Error("the package was not built: see the errors of tsc above");
}

/** @param {"src" | "dist"} folder */
function pointEntriesAt(folder) {
  const manifest = file("package.json");
  const content = JSON.parse(readFileSync(manifest, "utf8"));
  delete content.private;
  delete content.repository;
  for (const [entry, target] of Object.entries(content.exports)) {
    const name = nameOf(typeof target === "string" ? target : target.default);
    content.exports[entry] =
      folder === "src"
        ? `./src/${name}.ts`
        : { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` };
  }
  for (const [command, target] of Object.entries(content.bin)) {
    content.bin[command] = `./${folder}/${nameOf(target)}.${folder === "src" ? "ts" : "js"}`;
  }
  const { name, version, ...rest } = content;
  const written = { name, version, ...(folder === "src" ? { private: true } : origin()), ...rest };
  // Renamed into place, so that it is never half written.
  writeFileSync(`${manifest}.new`, `${JSON.stringify(written, null, 2)}\n`);
  renameSync(`${manifest}.new`, manifest);
}

/** The repository whose workflow packs it: npm compares it with the provenance. */
function origin() {
  const place = process.env["GITHUB_REPOSITORY"];
  return place && { repository: { type: "git", url: `git+https://github.com/${place}.git` } };
}

/** `command/bin` of `./src/command/bin.ts` and of `./dist/command/bin.js`. @param {string} target */
function nameOf(target) {
  return target.replace(/^\.\/(?:src|dist)\//, "").replace(/\.(?:ts|js)$/, "");
}
