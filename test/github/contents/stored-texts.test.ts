import { mkdtemp, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { gitBlobId } from "../../../src/github/contents/git-blob-id.ts";
import { StoredTexts } from "../../../src/github/contents/stored-texts.ts";
import { UserError } from "../../../src/user-error.ts";
import { storedTexts } from "../../../policy/workflow/stored-text.ts";

const text = "name: ci\non: push # größer\n";

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "ghcr-fleet-texts-"));
});
afterEach(() => rm(cache, { recursive: true, force: true }));

const start = () => new StoredTexts({ GHCR_FLEET_CACHE: cache });

/** The file of a text. */
const fileOf = (id: string) => join(cache, "texts", id);

async function setAge(id: string, days: number): Promise<void> {
  const then = new Date(Date.now() - days * 86_400_000);
  await utimes(fileOf(id), then, then);
}

test("a text that is kept is there under its git blob id, for other processes too", async () => {
  const id = await start().keep(text);
  expect(id).toBe(gitBlobId(text));
  expect(await start().keep(text)).toBe(id);
  expect(await start().read(id)).toBe(text);
  expect(await readdir(join(cache, "texts"))).toEqual([id]);
});

test("the provider and the policy pack find each other's texts", async () => {
  const environment = {
    GHCR_FLEET_CACHE: "ignored, because it is relative",
    XDG_CACHE_HOME: cache,
  };
  const [provider, pack] = [new StoredTexts(environment), storedTexts(environment)];
  expect(pack.read(await provider.keep(text))).toBe(text);
  expect(await provider.read(pack.store("name: other\n"))).toBe("name: other\n");
  expect(await readdir(join(cache, "ghcr-fleet", "texts"))).toHaveLength(2);
});

test("what was never kept, and a file that is damaged, is no text", async () => {
  const id = await start().keep(text);
  expect(await start().read(gitBlobId("name: other\n"))).toBeUndefined();
  await writeFile(fileOf(id), text.slice(0, 5));
  expect(await start().read(id)).toBeUndefined();
  expect(storedTexts({ GHCR_FLEET_CACHE: cache }).read(id)).toBeUndefined();
});

test("a damaged file is replaced when its text is kept again", async () => {
  const id = await start().keep(text);
  await writeFile(fileOf(id), "");
  await start().keep(text);
  expect(await start().read(id)).toBe(text);
});

test("a folder that cannot be written says what to do", async () => {
  await writeFile(join(cache, "texts"), "");
  const keep = start().keep(text);
  await expect(keep).rejects.toThrow(UserError);
  await expect(keep).rejects.toThrow(
    /^the cache folder cannot be written \(.+\): make it writable, .*GHCR_FLEET_CACHE=<folder>$/,
  );
});

test("texts that no run has used for a week are deleted; one in use is not", async () => {
  const [old, used, recent] = await Promise.all(
    ["old\n", "used\n", "new\n"].map((each) => start().keep(each)),
  );
  await setAge(old!, 8);
  await setAge(used!, 8);
  await setAge(recent!, 6);
  await start().keep("used\n");
  await start().deleteOutdated();
  expect((await readdir(join(cache, "texts"))).sort()).toEqual([used, recent].sort());
});

test.each([
  ["the same process", false],
  ["another process", true],
])("a text that %s keeps during the deletion stays", async (_, other) => {
  const id = await start().keep(text);
  for (let round = 0; round < 400; round++) {
    await setAge(id, 8);
    const deleting = start();
    const keeping = (other ? start() : deleting).keep(text);
    // The steps of both meet in every order.
    for (let steps = round % 8; steps > 0; steps--) await stat(cache);
    await Promise.all([keeping, deleting.deleteOutdated()]);
    expect(await readdir(join(cache, "texts"))).toEqual([id]);
  }
});

test("what a process kept, it reads even without the file, and writes again", async () => {
  const stored = start();
  const id = await stored.keep(text);
  await rm(fileOf(id));
  expect(await stored.read(id)).toBe(text);
  await stored.keep(text);
  expect(await start().read(id)).toBe(text);
});

test("the provider looks for outdated texts once a day", async () => {
  const [first, second] = [await start().keep("first\n"), await start().keep("second\n")];
  await setAge(first, 8);
  await start().cleanUp();
  await setAge(second, 8);
  await start().cleanUp();
  expect((await readdir(join(cache, "texts"))).sort()).toEqual([second, "cleaned"].sort());
});

test("where there is no folder yet, nothing is outdated", async () => {
  await start().deleteOutdated();
  expect(await readdir(cache)).toEqual([]);
});
