import type { Runner } from "../../fleet/image-settings.ts";
import type { ImageOptions } from "./workflow-options.ts";

/** Platforms of an image that one runner builds. */
export interface Build {
  readonly platforms: readonly string[];
  readonly runner: Runner;
  /** Architectures that the runner cannot run itself, by the names docker/setup-qemu-action knows: `["arm64"]`. */
  readonly emulated: readonly string[];
}

/** How the platforms of an image are divided among runners: one build where they share one. */
export function buildsByRunner({
  platforms,
  runner,
  runners = {},
}: Pick<ImageOptions, "platforms" | "runner" | "runners">): Build[] {
  const shared = new Map<string, { platforms: string[]; runner: Runner }>();
  for (const platform of platforms) {
    const own = runners[platform] ?? runner;
    const key = JSON.stringify(own);
    const build = shared.get(key) ?? { platforms: [], runner: own };
    build.platforms.push(platform);
    shared.set(key, build);
  }
  const builds = shared.size > 0 ? [...shared.values()] : [{ platforms: [], runner }];
  return builds.map((build) => ({ ...build, emulated: emulatedIn(build, runners) }));
}

function emulatedIn(
  { platforms, runner }: Pick<Build, "platforms" | "runner">,
  runners: Readonly<Record<string, Runner>>,
): string[] {
  const native = architectureOf(runner);
  // Of a runner with labels of one's own, only who names it for a platform knows what it is.
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
