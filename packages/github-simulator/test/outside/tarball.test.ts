import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../../..", import.meta.url));
const source = join(root, "packages/github-simulator");

/** Without the variables that `npm test` sets for its own scripts. */
const env = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST)/.test(name)),
  ),
  PATH: [dirname(process.execPath), join(root, "node_modules/.bin"), process.env["PATH"]].join(":"),
};

/** A copy of the checkout, because other tests import the package while this one packs it. */
let checkout: string;
/** The folder in which a user has installed the tarball. */
let project: string;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "simulator-tarball-"));
  checkout = join(folder, "packages/github-simulator");
  await mkdir(dirname(checkout));
  await cp(source, checkout, { recursive: true });
  await cp(join(root, "tsconfig.source.json"), join(folder, "tsconfig.source.json"));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));

  project = join(folder, "project");
  await mkdir(project);
  await writeFile(join(project, "package.json"), `{ "type": "module" }`);
  const options = { cwd: checkout, env };
  await run("npm", ["pack", "--silent", "--pack-destination", project], options);
  const tarball = (await readdir(project)).find((name) => name.endsWith(".tgz")) ?? "";
  const install = ["install", "--no-audit", "--no-fund", "--prefer-offline", `./${tarball}`];
  await run("npm", install, { cwd: project, env });
  // The project's own tools; they are not under test.
  for (const name of ["vitest", "typescript", "@types"]) {
    await symlink(join(root, "node_modules", name), join(project, "node_modules", name));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = (...path: string[]) => readFile(join(...path), "utf8");

test("packing leaves the checkout as it was", async () => {
  expect(await read(checkout, "package.json")).toBe(await read(source, "package.json"));
  expect(await readdir(checkout)).toEqual(await readdir(source));
});

test("the tarball contains what runs, and no sources", async () => {
  const installed = join(project, "node_modules/github-simulator");
  expect((await readdir(installed)).sort()).toEqual([
    "LICENSE",
    "README.md",
    "dist",
    "package.json",
    "seeds",
  ]);
  const files = await readdir(join(installed, "dist"), { recursive: true });
  expect(files.filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))).toEqual([]);
  const { exports, bin } = JSON.parse(await read(installed, "package.json"));
  expect({ exports, bin }).toEqual({
    exports: {
      ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
      "./testing": { types: "./dist/testing.d.ts", default: "./dist/testing.js" },
    },
    bin: { "github-simulator": "./dist/command/bin.js" },
  });
});

test("the README's examples run, and have correct types", async () => {
  const samples = [...(await read(source, "README.md")).matchAll(/^```ts\n(.+?)^```/gms)];
  expect(samples).toHaveLength(2);
  for (const [at, [, text = ""]] of samples.entries()) {
    await writeFile(join(project, `sample-${at}.test.ts`), text);
  }
  const compilerOptions = { module: "nodenext", target: "es2023", types: ["node"], noEmit: true };
  await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  await run("tsc", ["-p", "."], { cwd: project, env });
  const report = ["--reporter=json", "--outputFile=report.json"];
  await run("vitest", ["run", ...report], { cwd: project, env });
  expect(JSON.parse(await read(project, "report.json"))).toMatchObject({
    success: true,
    numPassedTests: 2,
  });
});

test("the command serves an organisation until it is ended", async () => {
  const command = join(project, "node_modules/.bin/github-simulator");
  const child = spawn(command, { cwd: project, env });
  let url: string | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    url ??= /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (line.startsWith("Press Ctrl-C")) break;
  }
  const answer = await fetch(`${url}/orgs/acme`);
  expect(await answer.json()).toMatchObject({ login: "acme" });
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});
