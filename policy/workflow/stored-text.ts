import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Whether a file of a resource is a git blob id, and not its text. */
export function isBlobId(file: string): boolean {
  return /^[0-9a-f]{40}$/.test(file);
}

/** Texts of workflow files by git blob id. */
export interface StoredTexts {
  /** @returns nothing where the text is not there, or not the text of this id */
  read(id: string): string | undefined;
  /** @returns the git blob id under which the ghcr provider finds the text */
  store(text: string): string;
}

/** The texts that the ghcr provider stored in this run, by default in `~/.cache/ghcr-fleet/texts`. */
export function storedTexts(
  environment: Readonly<Record<string, string | undefined>>,
): StoredTexts {
  const folder = textFolder(environment);
  return {
    read(id) {
      try {
        const text = readFileSync(join(folder, id), "utf8");
        return gitBlobId(text) === id ? text : undefined;
      } catch {
        return undefined;
      }
    },
    store(text) {
      const id = gitBlobId(text);
      const draft = join(folder, `${id}.${randomUUID()}`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(draft, text);
      renameSync(draft, join(folder, id));
      return id;
    },
  };
}

/** Like the provider, which runs in another folder, it ignores relative paths. */
function textFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const [own, caches] = ["GHCR_FLEET_CACHE", "XDG_CACHE_HOME"].map((name) => {
    const folder = environment[name];
    return folder && isAbsolute(folder) ? folder : undefined;
  });
  return join(own ?? join(caches ?? join(homedir(), ".cache"), "ghcr-fleet"), "texts");
}

/** https://git-scm.com/book/en/v2/Git-Internals-Git-Objects */
function gitBlobId(text: string): string {
  return createHash("sha1")
    .update(`blob ${Buffer.byteLength(text)}\0`)
    .update(text)
    .digest("hex");
}
