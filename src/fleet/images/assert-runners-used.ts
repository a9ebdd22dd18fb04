import type { FleetConfig, RepositorySettings } from "../fleet-config.ts";
import { buildsOf, type FleetRepository, type ImageBuild } from "../fleet.ts";
import { assertNone } from "../problems.ts";
import type { BuildSettings } from "./image-settings.ts";

/** A repository of the fleet, and the entries that select it. */
interface Selected {
  readonly settings: readonly RepositorySettings[];
  readonly repository: FleetRepository | undefined;
}

/**
 * After a typing error in a platform, it would be emulated as before. What the defaults or a pattern say counts
 * where any of its repositories builds that platform.
 *
 * @throws {UsageError} lists every runner of a platform that is not built
 */
export function assertRunnersUsed(config: FleetConfig, selected: readonly Selected[]): void {
  const layers = [
    { path: "fleet.defaults", layer: config.defaults, of: selected },
    ...config.repositories.map((layer, index) => ({
      path: `fleet.repositories[${index}]`,
      layer,
      of: selected.filter(({ settings }) => settings.includes(layer)),
    })),
  ];
  const problems = layers.flatMap(({ path, layer: { runners, images }, of }) => {
    const builds = of.flatMap(({ repository }) => (repository ? buildsOf(repository) : []));
    const unused = (at: string, given: BuildSettings["runners"], by: readonly ImageBuild[]) =>
      by.length === 0
        ? []
        : Object.keys(given ?? {})
            .filter((platform) => !by.some(({ platforms }) => platforms.includes(platform)))
            .map(
              (platform) =>
                `${at}.runners: ${platform} is not built; add it to platforms, or remove it here`,
            );
    const own = Array.isArray(images) ? images : [];
    return [
      ...unused(path, runners, builds),
      ...own.flatMap((each, index) =>
        typeof each === "string"
          ? []
          : unused(
              `${path}.images[${index}]`,
              each.runners,
              builds.filter(({ image }) => image === each.image),
            ),
      ),
    ];
  });
  assertNone(problems);
}
