/**
 * The label of one of GitHub's own runners with Linux.
 * @see https://docs.github.com/en/actions/reference/runners/github-hosted-runners
 */
const HOSTED_LINUX = /^ubuntu-(?:slim|latest|\d\d\.04(?:-arm)?)$/i;

/**
 * What of `runs-on` asks for another runner than those that the simulator stands in for: GitHub would
 * let such a job wait for one, or run it on another system.
 * @param group of `runs-on: { group: … }`
 * @returns `undefined` where it asks for nothing else
 */
export function foreignRunner(
  labels: readonly string[],
  group: string | undefined,
): string | undefined {
  if (group !== undefined) return `the group '${group}'`;
  return (
    labels.find((label) => !HOSTED_LINUX.test(label)) ??
    (labels.length === 0 ? "nothing" : undefined)
  );
}

/** `runner.arch`, as the label promises it. */
export function architecture(labels: readonly string[]): "ARM64" | "X64" {
  return labels.some((label) => /-arm$/i.test(label)) ? "ARM64" : "X64";
}
