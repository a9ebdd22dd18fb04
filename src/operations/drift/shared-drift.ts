import type { Account } from "../../account.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import type { StackRecord } from "../../stack/stack-record.ts";
import { readCentralDrift } from "./central-drift.ts";
import type { DriftFinding } from "./drift-finding.ts";
import { createDriftReader } from "./drift-reader.ts";
import { readSharedWorkflowDrift } from "./file-drift.ts";
import { readSecretDrift } from "./secret-drift.ts";
import { readSettingsDrift } from "./settings-drift.ts";

/** What all repositories of a fleet share, as the stack wrote it last. */
export type SharedRecord = Pick<
  StackRecord,
  "secrets" | "variables" | "sharedWorkflows" | "accessLevels"
>;

/** The records of the organisation's secret and variable, none for other scopes, and of the shared workflow. */
export function sharedRecord({ secrets, variables, ...central }: SharedRecord): SharedRecord {
  const { sharedWorkflows, accessLevels } = central;
  return {
    sharedWorkflows,
    accessLevels,
    secrets: secrets.filter(({ place }) => place.scope === "organization"),
    variables: variables.filter(({ repository }) => repository === undefined),
  };
}

/**
 * How the organisation's secret and variable and the shared workflow differ from what the stack wrote: each is one difference,
 * whatever number of repositories it affects.
 */
export async function readSharedDrift(
  github: GitHubClient,
  account: Account,
  { secrets, variables, sharedWorkflows, accessLevels }: SharedRecord,
): Promise<{ findings: readonly DriftFinding[]; unread: readonly string[] }> {
  const reader = createDriftReader(github, account.owner, account);
  const found = await Promise.all([
    readSecretDrift(reader, secrets, new Set()),
    readSharedWorkflowDrift(reader, sharedWorkflows, sharedWorkflows),
    readCentralDrift(reader, { sharedWorkflows, accessLevels }),
    readSettingsDrift(reader, { workflowPermissions: [], actionsPermissions: [], variables }),
  ]);
  return { findings: found.flat(), unread: reader.unread };
}
