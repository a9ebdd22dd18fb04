import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { ActionsHost } from "../host/actions-host.ts";
import { globFiles } from "../action/glob-files.ts";
import { type ActionStep, inputs, type KnownAction, StepFailure } from "../action/known-action.ts";
import { subjectsOf } from "../host/actions-event.ts";

interface Entry {
  readonly repository: number;
  /** The ref of the run that saved it. */
  readonly ref: string;
  readonly key: string;
  /** The paths as the step wrote them: with other paths it is another cache, whatever the key. */
  readonly version: string;
  readonly files: readonly CachedFile[];
}

interface CachedFile {
  /** Relative to the workspace; files in the home folder are above it. */
  readonly path: string;
  readonly mode: number;
  readonly content: Uint8Array;
}

const caches = new WeakMap<ActionsHost, Entry[]>();

const restoreInputs = {
  ...inputs("path key restore-keys"),
  enableCrossOsArchive: "false",
  "fail-on-cache-miss": "false",
  "lookup-only": "false",
};
const saveInputs = { path: "", key: "", "upload-chunk-size": "", enableCrossOsArchive: "false" };

/** https://github.com/actions/cache: restores at once, and saves when the job has succeeded. */
export const cache: KnownAction = {
  inputs: { ...restoreInputs, ...saveInputs, "save-always": "false" },
  run(step) {
    const key = step.required("key");
    const found = restore(step);
    step.after(() => {
      if (found?.key === key) {
        step.info(`Cache hit occurred on the primary key ${key}, not saving cache.`);
      } else if (step.succeeded() || step.flag("save-always")) save(step);
    });
  },
};

/** https://github.com/actions/cache/tree/main/restore */
export const restoreCache: KnownAction = {
  inputs: restoreInputs,
  run: (step) => void restore(step),
};

/** https://github.com/actions/cache/tree/main/save */
export const saveCache: KnownAction = { inputs: saveInputs, run: save };

function restore(step: ActionStep): Entry | undefined {
  const key = step.required("key");
  step.required("path");
  const prefixes = [key, ...step.lines("restore-keys")];
  for (const each of prefixes) {
    if (each.length > 512) throw invalidKey(`${each} cannot be larger than 512 characters.`);
    if (each.includes(",")) throw invalidKey(`${each} cannot contain commas.`);
  }
  const found = find(step, prefixes);
  step.setOutput("cache-primary-key", key);
  step.setOutput("cache-hit", found ? String(found.key === key) : "");
  if (found === undefined) {
    if (step.flag("fail-on-cache-miss")) {
      throw new StepFailure(
        `Failed to restore cache entry. Exiting as fail-on-cache-miss is set. Input key: ${key}`,
      );
    }
    step.info(`Cache not found for input keys: ${prefixes.join(", ")}`);
    return undefined;
  }
  step.setOutput("cache-matched-key", found.key);
  if (step.flag("lookup-only")) {
    step.info(`Cache found and can be restored from key: ${found.key}`);
    return found;
  }
  for (const { path, mode, content } of found.files) {
    const file = join(step.folders.workspace, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, mode);
  }
  step.info(`Cache restored from key: ${found.key}`);
  return found;
}

function invalidKey(reason: string): StepFailure {
  return new StepFailure(`Key Validation Error: ${reason}`);
}

/**
 * The exact key first, then prefixes of it, newest first. A run sees the caches of its own ref, of
 * the branch that its pull request targets, and of the default branch.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/dependency-caching#restrictions-for-accessing-a-cache
 */
function find(step: ActionStep, [key, ...prefixes]: readonly string[]): Entry | undefined {
  const { event, repository } = step;
  const pull = subjectsOf(event).pull_request;
  const branches = [pull?.base?.ref, repository.defaultBranch].filter((name) => name !== undefined);
  const refs = [...new Set([event.ref, ...branches.map((name) => `refs/heads/${name}`)])];
  const version = versionOf(step);
  const newestFirst = entriesOf(step)
    .filter((entry) => entry.version === version)
    .toReversed();
  for (const ref of refs) {
    const within = newestFirst.filter((entry) => entry.ref === ref);
    const matches = [
      within.find((entry) => entry.key === key),
      ...[key ?? "", ...prefixes].map((prefix) =>
        within.find((entry) => entry.key.startsWith(prefix)),
      ),
    ];
    const match = matches.find((entry) => entry !== undefined);
    if (match !== undefined) return match;
  }
  return undefined;
}

function save(step: ActionStep): void {
  const key = step.required("key");
  step.required("path");
  const { workspace, home } = step.folders;
  const patterns = step.lines("path").map((path) => path.replace(/^(!?)~(?=\/|$)/, `$1${home}`));
  const { files } = globFiles(workspace, patterns);
  if (files.length === 0) {
    step.warning(
      "Path Validation Error: Path(s) specified in the action for caching do(es) not exist, hence no cache is being saved.",
    );
    return;
  }
  const { ref } = step.event;
  const version = versionOf(step);
  const isTaken = entriesOf(step).some(
    (entry) => entry.ref === ref && entry.key === key && entry.version === version,
  );
  if (isTaken) {
    step.info(`Failed to save: Unable to reserve cache with key ${key}, it exists already`);
    return;
  }
  const content = files.map((file) => ({
    path: relative(workspace, file),
    mode: statSync(file).mode & 0o777,
    content: readFileSync(file),
  }));
  const entry = { repository: step.repository.id, ref, key, version, files: content };
  caches.set(step.host, [...(caches.get(step.host) ?? []), entry]);
  step.info(`Cache saved with key: ${key}`);
}

function versionOf(step: ActionStep): string {
  return step.lines("path").join("\n");
}

function entriesOf({ host, repository }: ActionStep): Entry[] {
  return (caches.get(host) ?? []).filter((entry) => entry.repository === repository.id);
}
