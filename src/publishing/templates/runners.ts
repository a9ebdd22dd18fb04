import type { Runner } from "../../fleet/images/image-settings.ts";
import { platformsByRunner, type RunnerPlatforms } from "../../fleet/images/platforms-by-runner.ts";
import type { ImageOptions } from "./workflow-options.ts";

export interface Build extends RunnerPlatforms {
  /** Architectures that the runner cannot run itself, by the names docker/setup-qemu-action knows: `["arm64"]`. */
  readonly emulated: readonly string[];
}

/** How the platforms of an image are divided among runners: one build where they share one. */
export function buildsByRunner({
  platforms,
  runner,
  runners = {},
}: Pick<ImageOptions, "platforms" | "runner" | "runners">): Build[] {
  const divided = platformsByRunner(platforms, runner, runners);
  const builds = divided.length > 0 ? divided : [{ platforms: [], runner }];
  return builds.map((build) => ({ ...build, emulated: emulatedIn(build, runners) }));
}

function emulatedIn(
  { platforms, runner }: RunnerPlatforms,
  runners: Readonly<Record<string, Runner>>,
): string[] {
  const native = architectureOf(runner);
  // Only the person who names a runner with labels of one's own for a platform knows what it is.
  const foreign = platforms.filter((platform) => native !== undefined || !(platform in runners));
  const asked = foreign.map((platform) => platform.split("/")[1] ?? platform);
  return [...new Set(asked)].filter((architecture) => architecture !== (native ?? "amd64"));
}

/**
 * Arm runners of GitHub carry `-arm` in their name, and self-hosted ones have a label for their architecture.
 *
 * @see https://docs.github.com/en/actions/reference/runners/github-hosted-runners
 * @see https://docs.github.com/en/actions/reference/runners/self-hosted-runners#routing-precedence-for-self-hosted-runners
 */
function architectureOf(runner: Runner): "amd64" | "arm64" | undefined {
  const labels = labelsOf(runner);
  if (labels.some((label) => /-arm\b|^arm64$/i.test(label))) return "arm64";
  return labels.some((label) => /^ubuntu-\d|^x64$/i.test(label)) ? "amd64" : undefined;
}

function labelsOf(runner: Runner): readonly string[] {
  if (typeof runner === "string") return [runner];
  return "group" in runner ? labelsOf(runner.labels ?? []) : runner;
}
