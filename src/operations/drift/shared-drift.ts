import type { Account } from "../../account.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import type { StackRecord } from "../../stack/stack-record.ts";
import type { DriftFinding } from "./drift-finding.ts";
import { createDriftReader } from "./drift-reader.ts";
import { readSecretDrift } from "./secret-drift.ts";
import { readSettingsDrift } from "./settings-drift.ts";

/** What all repositories of a fleet share, as the stack wrote it last. */
export type SharedRecord = Pick<StackRecord, "secrets" | "variables">;

/** The records of the organisation's secret and variable; none for other scopes. */
export function sharedRecord({ secrets, variables }: SharedRecord): SharedRecord {
  return {
    secrets: secrets.filter(({ place }) => place.scope === "organization"),
    variables: variables.filter(({ repository }) => repository === undefined),
  };
}

/**
 * How the organisation's secret and variable differ from what the stack wrote: each is one difference,
 * whatever number of repositories it affects.
 */
export async function readSharedDrift(
  github: GitHubClient,
  account: Account,
  { secrets, variables }: SharedRecord,
): Promise<{ findings: readonly DriftFinding[]; unread: readonly string[] }> {
  const reader = createDriftReader(github, account.owner, account);
  const found = await Promise.all([
    readSecretDrift(reader, secrets, new Set()),
    readSettingsDrift(reader, { workflowPermissions: [], actionsPermissions: [], variables }),
  ]);
  return { findings: found.flat(), unread: reader.unread };
}
