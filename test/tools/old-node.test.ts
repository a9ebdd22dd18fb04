import { spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** As a Node would that does not know TypeScript. */
function runOld(args: readonly string[], cwd = root) {
  const old = ["--no-experimental-strip-types", ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, old, { cwd, encoding: "utf8" });
  return { status, stdout, lines: stderr.trimEnd().split("\n") };
}

test.each([
  ["the program", ["--require", "./tools/require-node.cjs", "index.ts"], "ghcr-fleet needs", 32],
  ["the provider", ["provider/start.mjs"], "The provider of ghcr-fleet needs", 1],
])("an old Node is named in one line, by %s", (_, args, who, code) => {
  const { status, stdout, lines } = runOld(args);
  expect(lines).toEqual([
    expect.stringContaining(
      `${who} Node 22.18 or newer; this is ${process.version}, from the \`node\` on PATH`,
    ),
  ]);
  expect({ status, stdout }).toEqual({ status: code, stdout: "" });
});

test("the installed command names it in one line, too", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-test-"));
  for (const file of ["bin/ghcr-fleet.mjs", "tools/node.mjs"]) {
    await mkdir(join(folder, file, ".."), { recursive: true });
    await copyFile(join(root, file), join(folder, file));
  }
  const { status, lines } = runOld(["bin/ghcr-fleet.mjs", "status"], folder);
  await rm(folder, { recursive: true });
  expect(lines).toEqual([
    `ghcr-fleet needs Node 22.18 or newer; this is ${process.version}: https://nodejs.org/en/download`,
  ]);
  expect(status).toBe(1);
});
