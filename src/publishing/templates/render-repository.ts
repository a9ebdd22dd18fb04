import type { Fleet, FleetRepository } from "../../fleet/fleet.ts";
import { namePatterns } from "../../fleet/name-patterns.ts";
import { parsePin, withPins } from "../newer-pins.ts";
import { stackOfUrn, withStack } from "../named-stack.ts";
import { commitToCome, tagToCome, withCommit } from "../shared-pins.ts";
import { renderCallers, renderCentralWorkflows, renderWorkflows } from "./render.ts";

type RenderedFleet = Pick<Fleet, "host" | "owner" | "registry" | "secret" | "shared">;

/**
 * The workflow files of a repository of the fleet: path to text. Callers have {@link commitToCome} in the
 * place of the commit, which is known once the shared workflow is written.
 */
export function renderRepository(
  { host, owner, registry, secret, shared }: RenderedFleet,
  repository: FleetRepository,
): Readonly<Record<string, string>> {
  const options = {
    ...repository,
    // The files do not depend on it, and repositories whose files are alike are rendered once.
    name: undefined,
    id: undefined,
    host,
    registry,
    owner,
    repository: repository.name,
    defaultBranch: repository.branch,
    images: repository.images.build,
    jobName: repository.workflows.jobName,
    pullRequestLogin: repository.workflows.pullRequestLogin,
    storageRecord: repository.workflows.storageRecord,
    secretName: secret.name,
    releaseEnvironment: repository.credential === "environment" ? secret.environment : undefined,
  };
  if (repository.form === "inline" || !shared) return renderWorkflows(options);
  const central = `${owner}/${shared.repository}`;
  if (shared.ref === "tag") return renderCallers(options, { repository: central, ref: tagToCome });
  // Bots follow the branch that the comment names.
  const isPlain = namePatterns.centralRef.test(shared.branch);
  const version = isPlain ? { version: shared.branch } : {};
  return renderCallers(options, { repository: central, ref: commitToCome, ...version });
}

/** What of the files of a repository only the stack's state knows. */
export interface WrittenVersions {
  /** Later versions of actions that stay: "action@commit # version". */
  readonly newerPins?: readonly string[] | undefined;
  /** The commit or tag of the shared workflow that callers name. */
  readonly pin?: string | undefined;
}

/** {@link renderRepository} as the last update wrote it: path to text. */
export function renderWritten(
  fleet: RenderedFleet,
  repository: FleetRepository,
  { newerPins = [], pin }: WrittenVersions = {},
): Readonly<Record<string, string>> {
  const files = withPins(renderRepository(fleet, repository), newerPins.flatMap(parsePin));
  if (!fleet.shared || pin === undefined) return files;
  return withCommit(files, `${fleet.owner}/${fleet.shared.repository}`, pin);
}

/** The files of the central repository: path to text. Nothing without one. */
export function renderShared({
  host,
  registry,
  secret,
  shared,
}: RenderedFleet): Readonly<Record<string, string>> {
  return shared ? renderCentralWorkflows({ ...shared, host, registry, secretName: secret.name }) : {};
}

/** {@link renderShared} as the last update of this resource wrote it: path to text. */
export function renderSharedWritten(
  fleet: RenderedFleet,
  { urn, newerPins = [] }: Pick<WrittenVersions, "newerPins"> & { readonly urn: string },
): Readonly<Record<string, string>> {
  const files = withStack(renderShared(fleet), stackOfUrn(urn));
  return withPins(files, newerPins.flatMap(parsePin));
}
