import { readAccessLevel } from "../../github/repositories/access-level.ts";
import { readTagCommits } from "../../github/repositories/read-tag-commits.ts";
import type {
  AccessLevelRecord,
  SharedWorkflowRecord,
  StackRecord,
} from "../../stack/stack-record.ts";
import type { DriftFinding } from "./drift-finding.ts";
import type { DriftReader } from "./drift-reader.ts";

/** How the tag that callers name differs, and who may call the workflows of the central repository. */
export async function readCentralDrift(
  reader: DriftReader,
  { sharedWorkflows, accessLevels }: Pick<StackRecord, "sharedWorkflows" | "accessLevels">,
): Promise<DriftFinding[]> {
  const { owner } = reader;
  const found = await Promise.all([
    ...sharedWorkflows.map((record) =>
      reader.attempt(`read the tag of ${owner}/${record.repository}`, () =>
        compareTag(reader, record),
      ),
    ),
    ...accessLevels.map((record) =>
      reader.attempt(`read who may call the workflows of ${owner}/${record.repository}`, () =>
        compareAccess(reader, record),
      ),
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
  return [
    {
      kind: "tag-moved",
      repository,
      subject: tag,
      text: `the tag ${tag} of ${owner}/${repository}, which callers name, ${now}, and should be at ${commit}`,
      ...{ actor: null, at: null, url: null },
      repair: { by: "update", urn },
    },
  ];
}

const levels = ["none", "user", "organization", "enterprise"];

async function compareAccess(
  { github, owner, pace }: DriftReader,
  { repository, accessLevel, urn }: AccessLevelRecord,
): Promise<DriftFinding[]> {
  const found = await pace(() => readAccessLevel(github, owner, repository));
  if (found === undefined || found === accessLevel) return [];
  const isWider = levels.indexOf(found) > levels.indexOf(accessLevel);
  return [
    {
      kind: isWider ? "permissions-widened" : "permissions-narrowed",
      repository,
      subject: "access to workflows",
      text: `${repository}: its workflows are open to ${found}, and should be to ${accessLevel}`,
      ...{ actor: null, at: null, url: null },
      repair: { by: "update", urn },
    },
  ];
}
