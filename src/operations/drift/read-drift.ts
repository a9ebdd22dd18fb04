import type { Fleet } from "../../fleet/fleet.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import type { StackRecord } from "../../stack/stack-record.ts";
import { desiredRecord } from "./desired-record.ts";
import { driftKinds, type DriftFinding, type DriftKind } from "./drift-finding.ts";
import { readEnvironmentDrift } from "./environment-drift.ts";
import { readFileDrift, type SecretUse } from "./file-drift.ts";
import { nameCulprits } from "./name-culprits.ts";
import { readPackageDrift } from "./package-drift.ts";
import { createReading } from "./reading.ts";
import { readSecretDrift, readShadows } from "./secret-drift.ts";
import { readSettingsDrift } from "./settings-drift.ts";

export interface DriftSource {
  readonly owner: string;
  readonly expected: SecretUse;
  /** The fleet as it is configured; without it, the state alone has to tell. */
  readonly fleet: Fleet | undefined;
  readonly record: StackRecord;
  /** Authenticated as the administrator. */
  readonly github: GitHubClient;
  /** base64 SHA-256 of the administrator's token. */
  readonly ownToken: string;
  /** ISO-8601, by GitHub's clock. */
  readonly now: string;
}

export interface Drift {
  /** By repository, the organisation first. */
  readonly findings: readonly DriftFinding[];
  /** What could not be read, and why. */
  readonly unread: readonly string[];
}

/**
 * What GitHub shows otherwise than the fleet is meant to be, where an update has made it so. Nothing
 * is written, and the engine is not needed: files and packages come in batches, and each repository
 * costs some five requests.
 *
 * @throws {UserError} GitHub refuses the admin token, or cannot be reached
 */
export async function readDrift({
  owner,
  expected,
  fleet,
  record,
  github,
  ownToken,
  now,
}: DriftSource): Promise<Drift> {
  const reading = createReading(github, owner);
  const desired = fleet ? desiredRecord(fleet, record) : record;
  const { findings: files, gone } = await readFileDrift(
    reading,
    desired.files,
    record.files,
    expected,
  );
  const present = withoutRepositories(desired, gone);
  const found = await Promise.all([
    readSecretDrift(reading, present.secrets, gone),
    readShadows(reading, present.secrets, gone),
    readPackageDrift(reading, present.packages),
    readSettingsDrift(reading, present),
    readEnvironmentDrift(reading, present.environments),
  ]);
  const all = [...files, ...found.flat()];
  const named = await reading.attempt(
    `look up in the audit log of ${owner} who it was`,
    () => nameCulprits(reading, all, { now, ownToken }),
    all,
  );
  return { findings: named.sort(inOrder), unread: reading.unread };
}

/** What is gone as a whole is told once. */
function withoutRepositories(record: StackRecord, gone: ReadonlySet<string>): StackRecord {
  const stays = ({ repository }: { readonly repository: string | undefined }) =>
    repository === undefined || !gone.has(repository);
  return {
    ...record,
    secrets: record.secrets.filter(({ place }) => place.scope === "organization" || stays(place)),
    packages: record.packages.filter(stays),
    variables: record.variables.filter(stays),
    workflowPermissions: record.workflowPermissions.filter(stays),
    actionsPermissions: record.actionsPermissions.filter(stays),
    environments: record.environments.filter(stays),
  };
}

const order = Object.keys(driftKinds) as DriftKind[];

function inOrder(a: DriftFinding, b: DriftFinding): number {
  return (
    (a.repository ?? "").localeCompare(b.repository ?? "", "en") ||
    order.indexOf(a.kind) - order.indexOf(b.kind) ||
    a.subject.localeCompare(b.subject, "en")
  );
}
