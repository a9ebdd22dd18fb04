import type { WorkflowOptions } from "./workflow-options.ts";

/**
 * Architectures that the runner cannot run itself, by the names docker/setup-qemu-action knows:
 * `["arm64"]` for linux/amd64 and linux/arm64 on ubuntu-24.04. Arm runners carry `-arm` in their name:
 * https://docs.github.com/en/actions/reference/runners/github-hosted-runners
 */
export function emulatedArchitectures({
  platforms,
  runner,
}: Pick<WorkflowOptions, "platforms" | "runner">): string[] {
  const native = /-arm\b/.test(runner) ? "arm64" : "amd64";
  const asked = platforms.map((platform) => platform.split("/")[1] ?? platform);
  return [...new Set(asked)].filter((architecture) => architecture !== native);
}
