/** Stands in the texts of callers until the commit of the shared workflow is known. */
export const commitToCome = "0".repeat(40);

/** Of the tags that versions get, where callers name these. */
export const tagPrefix = "ghcr-fleet-v";

/** The same for a tag. */
export const tagToCome = `${tagPrefix}0`;

/** The workflow of the central repository that a caller uses, up to the commit. */
function callsOf(central: string): RegExp {
  const escaped = central.replaceAll(/[.]/g, String.raw`\.`);
  return new RegExp(
    String.raw`(uses: ${escaped}/(\.github/workflows/[\w-]+\.yml)@)([0-9a-f]{40}|ghcr-fleet-v\d+)\b`,
    "gi",
  );
}

/**
 * Callers of the shared workflow, with another commit of it.
 *
 * @param files path to text
 * @param central the repository that holds it: `acme/.github`
 */
export function withCommit(
  files: Readonly<Record<string, string>>,
  central: string,
  commit: string,
): Record<string, string> {
  const calls = callsOf(central);
  const texts = Object.entries(files).map(([path, text]) => [
    path,
    text.replace(calls, (_call, start: string) => `${start}${commit}`),
  ]);
  return Object.fromEntries(texts) as Record<string, string>;
}

/** The commits of the shared workflow that files call, each once. */
export function commitsCalled(files: Readonly<Record<string, string>>, central: string): string[] {
  const calls = callsOf(central);
  const commits = Object.values(files).flatMap((text) =>
    [...text.matchAll(calls)].map(([, , , commit = ""]) => commit),
  );
  return [...new Set(commits)];
}

/** Paths in the central repository of the workflows that files call, each once and sorted. */
export function workflowsCalled(
  files: Readonly<Record<string, string>>,
  central: string,
): string[] {
  const calls = callsOf(central);
  const paths = Object.values(files).flatMap((text) =>
    [...text.matchAll(calls)].map(([, , path = ""]) => path),
  );
  return [...new Set(paths)].sort();
}
