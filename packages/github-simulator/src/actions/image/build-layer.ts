import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import picomatch from "picomatch";
import { pack } from "tar-stream";
import { digestOf } from "./registry-client.ts";

export interface Layer {
  readonly bytes: Uint8Array;
  /** Of the compressed bytes. */
  readonly digest: string;
  /** Of the tar inside. */
  readonly diffId: string;
}

/** Regular files in a folder that pass the filter, sorted. */
export function listContext(folder: string, keep: (path: string) => boolean): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => lstatSync(join(folder, path)).isFile() && keep(path))
    .toSorted();
}

/** A layer with the files at the image's root: the same files always give the same bytes. */
export async function buildLayer(folder: string, paths: readonly string[]): Promise<Layer> {
  const archive = pack();
  for (const path of paths) {
    const file = join(folder, path);
    const mode = (lstatSync(file).mode & 0o111) === 0 ? 0o644 : 0o755;
    archive.entry({ name: path, mode, mtime: new Date(0) }, readFileSync(file));
  }
  archive.finalize();
  const tar = await buffer(archive);
  const bytes = gzipSync(tar);
  return { bytes, digest: digestOf(bytes), diffId: digestOf(tar) };
}

/**
 * Applies a `.dockerignore`: the last pattern that matches decides, `!` includes files again,
 * a pattern that matches a folder applies to everything in it.
 * @returns whether a path (relative to the build context) belongs to the context
 * @see https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
export function parseDockerIgnore(text: string): (path: string) => boolean {
  const rules = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const negated = line.startsWith("!");
      const pattern = (negated ? line.slice(1) : line)
        .trim()
        .replace(/^\.?\//, "")
        .replace(/\/$/, "");
      return {
        negated,
        matches: picomatch([pattern, `${pattern}/**`], { dot: true, nobrace: true }),
      };
    });
  return (path) => {
    let ignored = false;
    for (const { negated, matches } of rules) if (matches(path)) ignored = !negated;
    return !ignored;
  };
}
