import { homedir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { readSettings } from "../../engine/steps/settings.mjs";

afterEach(() => void vi.unstubAllEnvs());

test("the cache is the person's own, or where a variable says", () => {
  const cache = (env: NodeJS.ProcessEnv) => readSettings(env).cache;
  expect(cache({})).toBe(join(homedir(), ".cache/ghcr-fleet"));
  expect(cache({ XDG_CACHE_HOME: "/caches" })).toBe("/caches/ghcr-fleet");
  expect(cache({ GHCR_FLEET_CACHE: "/with a space" })).toBe("/with a space");
});

test("a relative cache is the same folder wherever the command is run", () => {
  const { root } = readSettings({});
  expect(readSettings({ GHCR_FLEET_CACHE: "../cache" }).cache).toBe(join(root, "../cache"));
  expect(readSettings({ XDG_CACHE_HOME: "caches" }).cache).toBe(readSettings({}).cache);
});

test("a cache that PATH cannot name is refused", () => {
  expect(() => readSettings({ GHCR_FLEET_CACHE: "/a:b" })).toThrowErrorMatchingInlineSnapshot(`
    [SetupError: The cache folder /a:b has a ":" in its name, and the engine in it could not be on PATH.
    Choose another with GHCR_FLEET_CACHE=<folder>, then run the command again.]
  `);
});

test("without a home folder, a cache has to be chosen", () => {
  vi.stubEnv("HOME", "");
  expect(() => readSettings({})).toThrowErrorMatchingInlineSnapshot(`
    [SetupError: There is no home folder to keep a cache in: HOME is not set to one, and the system knows none.
    Choose another with GHCR_FLEET_CACHE=<folder>, then run the command again.]
  `);
  expect(readSettings({ GHCR_FLEET_CACHE: "/cache" }).cache).toBe("/cache");
});
