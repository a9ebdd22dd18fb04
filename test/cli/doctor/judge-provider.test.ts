import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { judgeProvider } from "../../../src/cli/doctor/versions.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-provider-"));
});
afterEach(() => rm(folder, { recursive: true }));

const installed = "node_modules/ghcr-fleet";
const project = `name: fleet
plugins: { providers: [{ name: ghcr, path: ${installed}/provider }] }
`;

async function install(version: string): Promise<void> {
  await mkdir(join(folder, installed, "provider"), { recursive: true });
  await writeFile(join(folder, installed, "provider/PulumiPlugin.yaml"), "runtime: nodejs\n");
  await writeFile(join(folder, installed, "package.json"), JSON.stringify({ version }));
}

test("the provider of the command's own version is there", async () => {
  await writeFile(join(folder, "Pulumi.yaml"), project);
  await install("0.1.0");
  const path = join(folder, installed, "provider");
  expect(judgeProvider(folder, "0.1.0")).toEqual({
    check: "provider",
    level: "ok",
    text: `0.1.0, at ${path}`,
  });
});

test("one of another version is named with both versions", async () => {
  await writeFile(join(folder, "Pulumi.yaml"), project);
  await install("0.2.0");
  expect(judgeProvider(folder, "0.1.0")).toMatchObject({
    level: "problem",
    text: expect.stringContaining("is of ghcr-fleet 0.2.0, and this command is 0.1.0"),
    next: "run the project's own command: npx --no-install ghcr-fleet",
  });
});

test("a path that does not exist, and a project that names none", async () => {
  await writeFile(join(folder, "Pulumi.yaml"), project);
  expect(judgeProvider(folder, "0.1.0")).toMatchObject({
    level: "problem",
    text: `there is none at ${join(folder, installed, "provider")}, which Pulumi.yaml names`,
  });
  await writeFile(join(folder, "Pulumi.yaml"), "name: fleet\n");
  expect(judgeProvider(folder, "0.1.0")).toMatchObject({
    level: "problem",
    text: "Pulumi.yaml does not say where the provider ghcr is",
  });
});
