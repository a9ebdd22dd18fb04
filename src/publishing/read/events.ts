import type { Repository } from "./repository.ts";
import type { SourceFile } from "./source-file.ts";
import { textOf } from "./yaml-reader.ts";

/** The events that a workflow names under `on`, however they are written. */
export function ownEvents({ yaml, root }: SourceFile): string[] {
  const on = yaml.at(root, "on");
  const names = [textOf(on), ...yaml.items(on).map(textOf)];
  return [...names.filter((name) => name !== undefined), ...yaml.entries(on).map(({ key }) => key)];
}

/** The same, and those of the workflows of the repository that call it. */
export function eventsOf(
  repository: Repository,
  file: SourceFile,
  seen: ReadonlySet<SourceFile> = new Set(),
): string[] {
  if (seen.has(file)) return [];
  const reached = new Set([...seen, file]);
  const callers = new Set(repository.callersOf(file).map((job) => job.file));
  const inherited = [...callers].flatMap((caller) => eventsOf(repository, caller, reached));
  return [...new Set([...ownEvents(file), ...inherited])];
}
