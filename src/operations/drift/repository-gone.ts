import type { FilesRecord } from "../../stack/stack-record.ts";
import type { DriftFinding } from "./drift-finding.ts";

/** @param reason in words, e.g. `was archived` */
export function repositoryGone({ owner, repository }: FilesRecord, reason: string): DriftFinding {
  return {
    kind: "repository-gone",
    repository,
    subject: repository,
    text: `${owner}/${repository} ${reason}`,
    actor: null,
    at: null,
    url: null,
    repair: { by: "person", step: "see with `ghcr-fleet preview` what an update makes of it" },
  };
}
