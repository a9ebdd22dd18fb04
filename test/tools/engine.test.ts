import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { builtFolder, cacheFolder, engineVersion, sources } from "../../tools/engine.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("the cache is the user's own, or the folder in a variable", () => {
  expect(cacheFolder({})).toBe(join(homedir(), ".cache/ghcr-fleet"));
  expect(cacheFolder({ XDG_CACHE_HOME: "/caches" })).toBe("/caches/ghcr-fleet");
  expect(cacheFolder({ GHCR_FLEET_CACHE: "/with a space" })).toBe("/with a space");
});

test("a relative cache is relative to the checkout, wherever the command is run", () => {
  expect(cacheFolder({ GHCR_FLEET_CACHE: "../cache" })).toBe(join(root, "../cache"));
  expect(cacheFolder({ XDG_CACHE_HOME: "caches" })).toBe(cacheFolder({}));
});

test("the same sources have the same folder", () => {
  expect(builtFolder("/cache")).toMatch(/^\/cache\/engine\/[0-9a-f]{16}$/);
  expect(builtFolder("/cache")).toBe(builtFolder("/cache"));
});

test("the engine that is built has the version of the SDK", async () => {
  const goMod = await readFile(join(sources, "go.mod"), "utf8");
  expect(goMod).toContain(`github.com/pulumi/pulumi/pkg/v3 v${engineVersion()} `);
});
