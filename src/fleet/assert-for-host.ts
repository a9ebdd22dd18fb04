import { listed } from "../format-text.ts";
import { lacking, type GitHubHost } from "../github-host.ts";
import { UsageError } from "../user-error.ts";
import { buildsOf, type FleetRepository, type ImageBuild } from "./fleet.ts";
import { platformsByRunner } from "./images/platforms-by-runner.ts";

/**
 * What the host cannot do: lockfiles, records of linked artifacts, and builds on several runners, which hand their digests over as artifacts.
 *
 * @see https://github.com/actions/upload-artifact#v4---whats-new
 * @throws {UsageError} lists the repositories for which the host cannot do that
 */
export function assertForHost(host: GitHubHost, repositories: readonly FleetRepository[]): void {
  const noLockfiles = lacking(host, "workflow lockfiles");
  const onboarded = repositories.filter(({ workflows }) => workflows.lockfile === "onboard");
  if (noLockfiles !== undefined && onboarded.length > 0) {
    const names = listed(onboarded.map(({ name }) => name));
    throw new UsageError(
      `fleet: workflows.lockfile of ${names}: ${noLockfiles}; write keep, or remove it`,
    );
  }
  const noAttestations = lacking(host, "artifact attestations");
  const recorded = repositories.filter(({ workflows }) => workflows.storageRecord);
  if (noAttestations !== undefined && recorded.length > 0) {
    const names = listed(recorded.map(({ name }) => name));
    throw new UsageError(
      `fleet: workflows.storageRecord of ${names}: ${noAttestations}, with which releases are recorded; remove it`,
    );
  }
  const why = lacking(host, "artifacts of version 4");
  const divided = repositories.filter((each) => buildsOf(each).some(isDivided));
  if (why === undefined || divided.length === 0) return;
  const names = listed(divided.map(({ name }) => name));
  throw new UsageError(
    `fleet: runners of ${names}: ${why}, with which several runners build one image; remove runners, so that one runner emulates the other platforms`,
  );
}

function isDivided({ platforms, runner, runners }: ImageBuild): boolean {
  return platformsByRunner(platforms, runner, runners).length > 1;
}
