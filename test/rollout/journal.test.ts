import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  journalPath,
  readJournal,
  removeJournal,
  writeJournal,
  type Journal,
} from "../../src/rollout/journal.ts";

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-journal-"))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const journal: Journal = {
  version: 1,
  stack: "acme/prod",
  startedAt: "2031-05-06T07:08:09.000Z",
  wave: "canary",
  unproved: { api: { commit: "c0ffee", credential: false }, web: { credential: true } },
};

test("what is written is read again, and nothing else is left in the folder", async () => {
  const file = journalPath(folder, "acme/prod");
  expect(await readJournal(file)).toBeUndefined();
  await writeJournal(file, { ...journal, wave: "rest" });
  await writeJournal(file, journal);
  expect(await readJournal(file)).toEqual(journal);
  expect(await readdir(dirname(file))).toEqual(["rollout-acme%2Fprod.json"]);
  await removeJournal(file);
  await removeJournal(file);
  expect(await readJournal(file)).toBeUndefined();
});

test("a file that is no journal is named, with what to do", async () => {
  const file = join(folder, "rollout-test.json");
  await writeFile(file, '{"version": 1, "stack": ');
  await expect(readJournal(file)).rejects.toThrow(
    `${file} is no journal of a rollout: delete it, then run \`ghcr-fleet rollout\` anew`,
  );
});

test("a journal that cannot be written leaves the one before", async () => {
  const file = journalPath(folder, "acme");
  await writeJournal(file, journal);
  // The new one is written beside it first; a folder of that name stands in for a full disk.
  await mkdir(`${file}.${process.pid}`);
  await expect(writeJournal(file, { ...journal, wave: "rest" })).rejects.toThrow("cannot write");
  expect(await readJournal(file)).toEqual(journal);
});

test("a journal that cannot be written says which, and why", async () => {
  const file = journalPath("/dev/null", "acme");
  await expect(writeJournal(file, journal)).rejects.toThrow(
    /^cannot write \/dev\/null\/\.ghcr-fleet\/rollout-acme\.json, which .* \(ENOTDIR: .*\): make it writable$/,
  );
});
