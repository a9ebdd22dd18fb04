import { readAccessLevel } from "../../github/repositories/access-level.ts";
import { readTagCommits } from "../../github/repositories/read-tag-commits.ts";
import type {
  AccessLevelRecord,
  SharedWorkflowRecord,
  StackRecord,
} from "../../stack/stack-record.ts";
import { driftFinding, type DriftFinding } from "./drift-finding.ts";
import type { DriftReader } from "./drift-reader.ts";
import { settingFinding } from "./settings-drift.ts";

/** How the tag that callers name differs, and who may call the workflows of the central repository. */
export async function readCentralDrift(
  reader: DriftReader,
  { sharedWorkflows, accessLevels }: Pick<StackRecord, "sharedWorkflows" | "accessLevels">,
): Promise<DriftFinding[]> {
  const { owner } = reader;
  const found = await Promise.all([
    reader.attemptEach(
      sharedWorkflows,
      ({ repository }) => `read the tag of ${owner}/${repository}`,
      (record) => compareTag(reader, record),
    ),
    reader.attemptEach(
      accessLevels,
      ({ repository }) => `read who may call the workflows of ${owner}/${repository}`,
      (record) => compareAccess(reader, record),
    ),
  ]);
  return found.flat();
}

async function compareTag(
  { github, owner, pace }: DriftReader,
  { repository, tag, commit, urn }: SharedWorkflowRecord,
): Promise<DriftFinding[]> {
  if (tag === undefined || commit === undefined) return [];
  const place = { repository: `${owner}/${repository}`, tag };
  const [found] = await pace(() => readTagCommits(github, [place]));
  if (found === commit) return [];
  const now = found === undefined ? "was deleted" : `is at ${found}`;
  const text = `the tag ${tag} of ${owner}/${repository}, which callers name, ${now}, and should be at ${commit}`;
  const repair = { by: "update", urn } as const;
  return [driftFinding({ kind: "tag-moved", repository, subject: tag, text, repair })];
}

const levels = ["none", "user", "organization", "enterprise"];

async function compareAccess(
  { github, owner, pace }: DriftReader,
  record: AccessLevelRecord,
): Promise<DriftFinding[]> {
  const { repository, accessLevel } = record;
  const found = await pace(() => readAccessLevel(github, owner, repository));
  if (found === undefined || found === accessLevel) return [];
  const text = `its workflows are open to ${found}, and should be to ${accessLevel}`;
  const isWider = levels.indexOf(found) > levels.indexOf(accessLevel);
  return [settingFinding(record, "access to workflows", text, isWider)];
}
