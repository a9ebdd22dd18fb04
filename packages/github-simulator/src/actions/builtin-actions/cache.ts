import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { ActionsHost } from "../actions-host.ts";
import type { ActionStep, KnownAction } from "./known-action.ts";

interface Entry {
  readonly repository: number;
  readonly key: string;
  /** Path from the workspace to content. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const caches = new WeakMap<ActionsHost, Entry[]>();

/** https://github.com/actions/cache/tree/main/restore */
export const restoreCache: KnownAction = {
  inputs: {
    path: "",
    key: "",
    "restore-keys": "",
    enableCrossOsArchive: "false",
    "fail-on-cache-miss": "false",
    "lookup-only": "false",
  },
  run(step) {
    const key = step.input("key");
    const prefixes = [key, ...step.lines("restore-keys")];
    const newestFirst = entriesOf(step).toReversed();
    const found =
      newestFirst.find((entry) => entry.key === key) ??
      prefixes.flatMap(
        (prefix) => newestFirst.find((entry) => entry.key.startsWith(prefix)) ?? [],
      )[0];
    step.setOutput("cache-primary-key", key);
    step.setOutput("cache-hit", found ? String(found.key === key) : "");
    if (!found) {
      step.info(`Cache not found for input keys: ${prefixes.join(", ")}`);
      return;
    }
    step.setOutput("cache-matched-key", found.key);
    for (const [path, content] of found.files) {
      const file = join(step.folders.workspace, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    step.info(`Cache restored from key: ${found.key}`);
  },
};

/** https://github.com/actions/cache/tree/main/save */
export const saveCache: KnownAction = {
  inputs: { path: "", key: "", "upload-chunk-size": "", enableCrossOsArchive: "false" },
  run(step) {
    const key = step.input("key");
    const { workspace } = step.folders;
    const files = step.lines("path").flatMap((path) => filesBelow(resolve(workspace, path)));
    if (files.length === 0) {
      step.warning(
        "Path Validation Error: Path(s) specified in the action for caching do(es) not exist, hence no cache is being saved.",
      );
      return;
    }
    if (entriesOf(step).some((entry) => entry.key === key)) {
      step.info(`Failed to save: Unable to reserve cache with key ${key}, it exists already`);
      return;
    }
    const all = caches.get(step.host) ?? [];
    const content = files.map((file) => [relative(workspace, file), readFileSync(file)] as const);
    caches.set(step.host, [
      ...all,
      { repository: step.repository.id, key, files: new Map(content) },
    ]);
    step.info(`Cache saved with key: ${key}`);
  },
};

function entriesOf({ host, repository }: ActionStep): Entry[] {
  return (caches.get(host) ?? []).filter((entry) => entry.repository === repository.id);
}

function filesBelow(path: string): string[] {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (!entry?.isDirectory()) return entry ? [path] : [];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile());
}
