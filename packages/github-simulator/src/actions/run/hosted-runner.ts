/**
 * The label of one of GitHub's own Linux runners.
 * @see https://docs.github.com/en/actions/reference/runners/github-hosted-runners
 */
const HOSTED_LINUX = /^ubuntu-(?:slim|latest|2[246]\.04(?:-arm)?)$/i;

/**
 * Why a job may not run here: it requests a runner other than those that the simulator
 * simulates. GitHub would wait for such a runner, or use another system.
 * @param group of `runs-on: { group: … }`
 * @param machine `process.arch` of the machine that runs the steps
 * @returns `undefined` if it may run
 */
export function runnerRefusal(
  labels: readonly string[],
  group: string | undefined,
  machine: string,
): string | undefined {
  const hosted = "the simulator has GitHub's runners with Linux only";
  if (group !== undefined) return `${hosted}, and not the group '${group}'`;
  if (labels.length === 0) return `${hosted}, and runs-on names none`;
  const foreign = labels.find((label) => !HOSTED_LINUX.test(label));
  if (foreign !== undefined) return `${hosted}, and not ${foreign}`;
  return architecture(labels) === "ARM64" && machine !== "arm64"
    ? `the simulator runs steps on this machine, which is ${machine} and not ARM as ${labels.join(", ")} is`
    : undefined;
}

/** `runner.arch`, according to the label. */
export function architecture(labels: readonly string[]): "ARM64" | "X64" {
  return labels.some((label) => /-arm$/i.test(label)) ? "ARM64" : "X64";
}
