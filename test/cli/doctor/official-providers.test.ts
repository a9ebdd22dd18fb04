import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { judgeOfficialProviders } from "../../../src/cli/doctor/official-providers.ts";

const { dependencies } = JSON.parse(
  readFileSync(new URL("../../../package.json", import.meta.url), "utf8"),
) as { dependencies: Record<string, string> };
const github = dependencies["@pulumi/github"] ?? "";
const random = dependencies["@pulumi/random"] ?? "";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plugins-"));
  onTestFinished(() => rm(folder, { recursive: true }));
});

const judge = () => judgeOfficialProviders({ PULUMI_HOME: folder, PATH: join(folder, "bin") });
const install = (name: string) => mkdir(join(folder, "plugins", name), { recursive: true });

test("official providers that are missing are named before a preview meets it, with the command", async () => {
  expect(judge()).toMatchObject({
    level: "warning",
    text: `github ${github}, random ${random} are not installed: the engine downloads what is missing with the first preview`,
  });
  await install(`resource-random-v${random}`);
  expect(judge()).toMatchObject({
    level: "warning",
    text: `github ${github} is not installed: the engine downloads what is missing with the first preview`,
    next: `without access to github.com and get.pulumi.com, run pulumi plugin install resource github v${github} --file <file>`,
  });
});

test("another version does not count, because the engine takes exactly this one, and neither does half of it", async () => {
  await install("resource-github-v6.14.1");
  await install("resource-github-v6.999.0");
  await install(`resource-random-v${random}`);
  await writeFile(join(folder, "plugins", `resource-random-v${random}.partial`), "");
  expect(judge().text).toContain(`github ${github}, random ${random} are not installed`);
});

test("they may be in the engine's folder, or on PATH", async () => {
  await install(`resource-random-v${random}`);
  await mkdir(join(folder, "bin"));
  await writeFile(join(folder, "bin/pulumi-resource-github"), "");
  expect(judge()).toMatchObject({ level: "ok", text: `github ${github}, random ${random}` });
});
