import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readPat } from "../../src/pat/read-pat.ts";
import { UsageError } from "../../src/user-error.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-pat-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const namedBy = "ghcr-fleet:patFrom";
const options = { namedBy, environment: process.env };
const word = () => randomBytes(20).toString("hex");

describe("an environment variable", () => {
  const read = (environment: Record<string, string>) =>
    readPat({ env: "CI_PAT" }, { namedBy, environment });

  test("holds the PAT, with or without the end of a line", async () => {
    expect(await read({ CI_PAT: "word" })).toEqual({ pat: "word" });
    expect(await read({ CI_PAT: "word\r\n" })).toEqual({ pat: "word" });
  });

  test.each([[{}], [{ CI_PAT: "" }]])("that is not set (%j) is named", async (environment) => {
    await expect(read(environment)).rejects.toThrow(
      "the environment variable CI_PAT, which ghcr-fleet:patFrom names, is not set: export it where pulumi or ghcr-fleet is started",
    );
  });

  test("with two words is refused without quoting it", async () => {
    await expect(read({ CI_PAT: "one two" })).rejects.toEqual(
      new UsageError(
        "the environment variable CI_PAT contains more than one word: it has to hold the PAT and nothing else",
      ),
    );
  });
});

describe("a file", () => {
  async function file(name: string, text: string, mode = 0o600): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, text);
    await chmod(path, mode);
    return path;
  }

  test("holds the PAT, without the end of its line", async () => {
    expect(await readPat({ file: await file("private", "word\n") }, options)).toEqual({
      pat: "word",
    });
  });

  test("that every user can read is used, with a warning", async () => {
    const path = await file("public", "word\n", 0o644);
    expect(await readPat({ file: path }, options)).toEqual({
      pat: "word",
      warning: `the file ${path}, which ghcr-fleet:patFrom names, can be read by every user of this machine: chmod o-r ${path}`,
    });
  });

  test.each([
    ["missing", "cannot be read (ENOENT): create it with nothing but the PAT in it"],
    ["folder", "is no file with nothing but a PAT in it"],
    ["endless", "is no file with nothing but a PAT in it"],
    ["large", "is no file with nothing but a PAT in it"],
    ["empty", "contains no PAT"],
  ])("that is %s is refused", async (name, why) => {
    const path = join(folder, name);
    if (name === "folder") await mkdtemp(path);
    if (name === "endless") await symlink("/dev/zero", path);
    if (name === "large") await writeFile(path, "a".repeat(100_000));
    if (name === "empty") await writeFile(path, "\n");
    const named = name === "folder" ? folder : path;
    await expect(readPat({ file: named }, options)).rejects.toThrow(why);
  });
});

describe("a command", () => {
  test("prints the PAT, with white space around it", async () => {
    expect(await readPat({ command: "printf ' word\\r\\n\\n'" }, options)).toEqual({ pat: "word" });
  });

  test("is run by the shell, in the environment of the caller", async () => {
    const environment = { ...process.env, PLACE: "wo" };
    const command = `printf '%s' "$PLACE" | sed 's/$/rd/'`;
    expect(await readPat({ command }, { namedBy, environment })).toEqual({ pat: "word" });
  });

  test.each([
    ["fails", "echo half-a-word; exit 7", "ended with 7, so there is no PAT"],
    ["is killed", "kill -TERM $$", "ended with SIGTERM, so there is no PAT"],
    ["is not there", "no-such-store get pat", "ended with 127, so there is no PAT"],
    ["prints nothing", "true", "the output of the command contains no PAT"],
    ["prints two lines", "echo one; echo two", "contains more than one word"],
    ["prints without end", "yes", "printed more than a PAT"],
    ["prints typographic quotes", "printf '\\342\\200\\234word'", "characters that no PAT has"],
  ])("that %s gives none", async (_, command, why) => {
    await expect(readPat({ command }, options)).rejects.toThrow(why);
  });

  test("that fails shows what it said, without what it printed and without other tokens", async () => {
    const [value, other] = [word(), `ghp_${word()}`];
    const environment = { ...process.env, VALUE: value, OTHER: other };
    const command = `echo "$VALUE"; echo "locked: $VALUE, $OTHER" >&2; exit 1`;
    const error = await readPat({ command }, { namedBy, environment }).catch(String);
    expect(error).toContain("ended with 1, so there is no PAT: run it in a terminal to see why");
    expect(error).toContain("It said:\nlocked: [secret], [secret]");
  });

  test("that takes too long is ended, with what it started", async () => {
    const mark = `30.${Date.now()}`;
    const command = `sleep ${mark} | cat`;
    const begun = Date.now();
    await expect(readPat({ command }, { ...options, milliseconds: 200 })).rejects.toThrow(
      "took more than 0.2 s, so there is no PAT",
    );
    expect(Date.now() - begun).toBeLessThan(10_000);
  });

  test("ends when the run is stopped", async () => {
    const stop = new AbortController();
    const reading = readPat({ command: "sleep 30" }, { ...options, signal: stop.signal });
    setTimeout(() => stop.abort(), 100);
    await expect(reading).rejects.toThrow("was stopped");
  });
});
