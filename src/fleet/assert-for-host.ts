import { lacking, type GitHubHost } from "../github-host.ts";
import { buildsOf, type FleetRepository, type ImageBuild } from "./fleet.ts";
import { platformsByRunner } from "./images/platforms-by-runner.ts";
import { assertNone, problemOf } from "./problems.ts";

/**
 * What the host cannot do: lockfiles, records of linked artifacts, and builds on several runners, which hand their digests over as artifacts.
 *
 * @see https://github.com/actions/upload-artifact#v4---whats-new
 * @throws {UsageError} lists the repositories for which the host cannot do that
 */
export function assertForHost(host: GitHubHost, repositories: readonly FleetRepository[]): void {
  const lacked = (
    feature: Parameters<typeof lacking>[1],
    uses: (repository: FleetRepository) => boolean,
    describe: (names: string, why: string) => string,
  ) => {
    const why = lacking(host, feature);
    if (why === undefined) return [];
    return problemOf(repositories.filter(uses), (names) => `fleet: ${describe(names, why)}`);
  };
  assertNone([
    ...lacked(
      "workflow lockfiles",
      ({ workflows }) => workflows.lockfile === "onboard",
      (names, why) => `workflows.lockfile of ${names}: ${why}; write keep, or remove it`,
    ),
    ...lacked(
      "artifact attestations",
      ({ workflows }) => workflows.storageRecord,
      (names, why) =>
        `workflows.storageRecord of ${names}: ${why}, with which releases are recorded; remove it`,
    ),
    ...lacked(
      "artifacts of version 4",
      (each) => buildsOf(each).some(isDivided),
      (names, why) =>
        `runners of ${names}: ${why}, with which several runners build one image; remove runners, so that one runner emulates the other platforms`,
    ),
  ]);
}

function isDivided({ platforms, runner, runners }: ImageBuild): boolean {
  return platformsByRunner(platforms, runner, runners).length > 1;
}
