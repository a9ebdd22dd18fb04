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
} from "../../../src/operations/waves/journal.ts";
import { UserError } from "../../../src/user-error.ts";

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
  expect(await readJournal(file, "acme/prod")).toBeUndefined();
  await writeJournal(file, { ...journal, wave: "rest" });
  await writeJournal(file, journal);
  expect(await readJournal(file, "acme/prod")).toEqual(journal);
  expect(await readdir(dirname(file))).toEqual(["rollout-acme%2Fprod.json"]);
  await removeJournal(file);
  await removeJournal(file);
  expect(await readJournal(file, "acme/prod")).toBeUndefined();
});

test.each([
  ["cut off", '{"version": 1, "stack": ', "is not a journal, or only a part of one"],
  ["empty", "", "is not a journal, or only a part of one"],
  [
    "of a later version",
    JSON.stringify({ ...journal, version: 2 }),
    "was written by a later version of ghcr-fleet: use that one",
  ],
  [
    "of another stack",
    JSON.stringify({ ...journal, stack: "acme/test" }),
    "belongs to the stack acme/test",
  ],
])("a journal that is %s is named, with what to do", async (_, text, why) => {
  const file = join(folder, "rollout-test.json");
  await writeFile(file, text);
  await expect(readJournal(file, "acme/prod")).rejects.toThrow(
    `${file} ${why}. It only lists the repositories that still have to publish: delete it to continue without`,
  );
});

test("a journal that cannot be written leaves the one before", async () => {
  const file = journalPath(folder, "acme");
  await writeJournal(file, journal);
  // The new one is written next to it first; a folder of that name simulates a full disk.
  await mkdir(`${file}.${process.pid}`);
  await expect(writeJournal(file, { ...journal, wave: "rest" })).rejects.toThrow("cannot write");
  expect(await readJournal(file, "acme/prod")).toEqual(journal);
});

test("a journal that cannot be read is an error that says so, and no bug", async () => {
  const read = readJournal(journalPath("/dev/null", "acme"), "acme");
  await expect(read).rejects.toThrow(UserError);
  await expect(read).rejects.toThrow(/^cannot read \/dev\/null\/.* \(ENOTDIR: /);
});

test("a journal that cannot be written says which, and why", async () => {
  const file = journalPath("/dev/null", "acme");
  await expect(writeJournal(file, journal)).rejects.toThrow(
    /^cannot write \/dev\/null\/\.ghcr-fleet\/rollout-acme\.json, which .* \(ENOTDIR: .*\): make it writable$/,
  );
});
