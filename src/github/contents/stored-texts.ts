import { randomUUID } from "node:crypto";
import {
  mkdir,
  readFile,
  readdir,
  rename,
  stat,
  unlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { gitBlobId } from "./git-blob-id.ts";
import { claimToday } from "../../once-a-day.ts";
import { UserError } from "../../user-error.ts";

/**
 * Texts of workflow files by git blob id, in a folder of the user's cache. The stack's state has only
 * ids, because the engine writes all of it at each step. The provider stores the texts; the provider,
 * the preview and the policy pack (policy/workflow/stored-text.ts) read them in the same run.
 */
export class StoredTexts {
  readonly #folder: string;
  /** Those of this process, by id: a write does not depend on the files. */
  readonly #own = new Map<string, string>();

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#folder = textFolder(environment);
  }

  /**
   * @returns the git blob id of the text
   * @throws {UserError} the folder cannot be written
   */
  async keep(text: string): Promise<string> {
    const id = gitBlobId(text);
    const path = join(this.#folder, id);
    this.#own.set(id, text);
    const isThere = (await this.#readFile(id)) !== undefined;
    if (!isThere || !(await touch(path))) await this.#write(path, text);
    return id;
  }

  /**
   * @param texts path to text
   * @returns path to git blob id
   */
  async keepAll(texts: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    const ids = Object.entries(texts).map(async ([path, text]) => [path, await this.keep(text)]);
    return Object.fromEntries(await Promise.all(ids)) as Record<string, string>;
  }

  /** @returns nothing where no run on this machine stored it, or the file is damaged */
  async read(id: string): Promise<string | undefined> {
    return this.#own.get(id) ?? this.#readFile(id);
  }

  async #readFile(id: string): Promise<string | undefined> {
    const text = await readFile(join(this.#folder, id), "utf8").catch(() => undefined);
    return text !== undefined && gitBlobId(text) === id ? text : undefined;
  }

  /** Once a day: thousands of texts would take each start of the provider 60 ms. */
  async cleanUp(): Promise<void> {
    if (await claimToday(this.#folder)) await this.deleteOutdated();
  }

  /** Deletes texts that no run has used for a week. */
  async deleteOutdated(): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    const oldest = Date.now() - 7 * 86_400_000;
    for (const name of names) {
      const path = join(this.#folder, name);
      if (this.#own.has(name) || !(await isOlder(path, oldest))) continue;
      // Another process may keep the text meanwhile. Under another name, it cannot: it writes it again.
      const aside = `${path}.${randomUUID()}`;
      const isAside = await rename(path, aside).then(
        () => true,
        () => false,
      );
      if (!isAside) continue;
      const isOutdated = await isOlder(aside, oldest);
      await (isOutdated ? unlink(aside) : rename(aside, path)).catch(() => undefined);
    }
  }

  /** Another process never sees half a text. */
  async #write(path: string, text: string): Promise<void> {
    const draft = `${path}.${randomUUID()}`;
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeFile(draft, text);
      await rename(draft, path);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new UserError(
        `the cache folder cannot be written (${reason}): make it writable, free disk space, or choose another with GHCR_FLEET_CACHE=<folder>`,
      );
    }
  }
}

async function isOlder(path: string, time: number): Promise<boolean> {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
  return mtimeMs < time;
}

/** A text in use is not outdated. */
async function touch(path: string): Promise<boolean> {
  const now = new Date();
  return utimes(path, now, now).then(
    () => true,
    () => false,
  );
}

function textFolder(environment: Readonly<Record<string, string | undefined>>): string {
  // Relative ones are ignored, because each process has a working folder of its own:
  // https://specifications.freedesktop.org/basedir-spec/latest/
  const [own, caches] = ["GHCR_FLEET_CACHE", "XDG_CACHE_HOME"].map((name) => {
    const folder = environment[name];
    return folder && isAbsolute(folder) ? folder : undefined;
  });
  return join(own ?? join(caches ?? join(homedir(), ".cache"), "ghcr-fleet"), "texts");
}
