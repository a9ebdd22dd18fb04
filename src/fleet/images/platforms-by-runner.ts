import type { Runner } from "./image-settings.ts";

/** Platforms of an image that one runner builds. */
export interface RunnerPlatforms {
  readonly platforms: readonly string[];
  readonly runner: Runner;
}

/** How the platforms of an image are divided among runners: one entry where they share one. */
export function platformsByRunner(
  platforms: readonly string[],
  runner: Runner,
  runners: Readonly<Record<string, Runner>>,
): RunnerPlatforms[] {
  const shared = new Map<string, { platforms: string[]; runner: Runner }>();
  for (const platform of platforms) {
    const own = runners[platform] ?? runner;
    const key = JSON.stringify(own);
    const build = shared.get(key) ?? { platforms: [], runner: own };
    build.platforms.push(platform);
    shared.set(key, build);
  }
  return [...shared.values()];
}
