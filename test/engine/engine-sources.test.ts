import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { readEngineSources } from "../../engine/steps/engine-sources.mjs";
import { readSettings } from "../../engine/steps/settings.mjs";
import { createFakeMachine } from "./fake-machine.ts";

test("equal sources have equal hashes; another source, file name or platform has another", async () => {
  const { settings, write } = await createFakeMachine();
  const hash = async (platform = "linux-x64") =>
    (await readEngineSources(settings.root, platform)).hash;
  const first = await hash();
  expect(first).toMatch(/^[0-9a-f]{16}$/);
  expect(await hash()).toBe(first);
  expect(await hash("darwin-arm64")).not.toBe(first);

  await write("engine/plugins/README.md", "no source");
  await write("engine/plugins/cmd/host_test.go", "package main\n");
  expect(await hash()).toBe(first);
  await write("engine/plugins/cmd/host.go", "package main\n");
  const second = await hash();
  expect(second).not.toBe(first);
  await write("engine/plugins/cmd/host.go", "package main // changed\n");
  expect(await hash()).not.toBe(second);
});

test("the providers built here are those of the npm packages", async () => {
  const { root } = readSettings({});
  const manifest = JSON.parse(await readFile(`${root}/package.json`, "utf8")) as {
    dependencies: Record<string, string>;
  };
  const { providers } = await readEngineSources(root);
  expect(providers).toEqual([
    { name: "github", version: manifest.dependencies["@pulumi/github"] },
    { name: "random", version: manifest.dependencies["@pulumi/random"] },
  ]);
});
