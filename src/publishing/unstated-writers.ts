import { readRepository, type Job } from "./read/repository.ts";

/** Commands and actions whose purpose is to change something on GitHub with the job's token. */
const writingCommand = /\bgit push\b|\bgh (?:release|pr|issue|label|workflow|run|cache|api)\b/;
const writingAction =
  /(?:release|gh-pages|create-pull-request|labeler|stale|auto-commit|github-script|changesets\/action|comment)/i;

/**
 * The workflows that have jobs without permissions of their own, neither in the job nor in the file, which
 * seem to write on GitHub: they fail where the repository's default is to read. As far as their texts show it,
 * so others may write, too.
 *
 * @param files path to text: workflows and local actions
 * @returns paths, sorted
 */
export function unstatedWriters(files: Readonly<Record<string, string>>): string[] {
  const { jobs } = readRepository(files);
  const writing = jobs.filter((job) => isUnstated(job) && writes(job));
  return [...new Set(writing.map(({ file }) => file.path))].sort();
}

function isUnstated({ file: { yaml, root }, node }: Job): boolean {
  return (yaml.at(node, "permissions") ?? yaml.at(root, "permissions")) === undefined;
}

function writes({ steps }: Job): boolean {
  return steps.some(
    ({ uses, run }) =>
      writingCommand.test(run?.value ?? "") || writingAction.test(uses?.value.split("@")[0] ?? ""),
  );
}
