import { explaining } from "../../github/client/explain-failure.ts";
import { readRepositories } from "../../github/repositories/repository-snapshot.ts";
import type { FilesRecord } from "../../stack/stack-record.ts";
import { driftFinding, type DriftFinding } from "./drift-finding.ts";
import type { DriftReader } from "./drift-reader.ts";

/** Repositories that the configuration no longer takes in because they were deleted or renamed. */
export async function findGone(
  reader: DriftReader,
  left: readonly FilesRecord[],
): Promise<DriftFinding[]> {
  const { github, owner } = reader;
  const requests = left.map(({ repository: name }) => ({ name }));
  const found = await explaining(`read the repositories of ${owner}`, () =>
    readRepositories(github, owner, requests),
  );
  return judgeMissing(
    reader,
    left.filter((_, index) => found[index] === undefined),
  );
}

/**
 * What happened to repositories that GitHub does not find by their names: a renamed one is found with
 * redirects allowed; the others are gone, if the token sees all repositories, and otherwise unknown.
 */
export async function judgeMissing(
  reader: DriftReader,
  missing: readonly Pick<FilesRecord, "owner" | "repository">[],
): Promise<DriftFinding[]> {
  if (missing.length === 0) return [];
  const { github, owner } = reader;
  return reader.attempt(`look for ${missing.length} missing repositories of ${owner}`, async () => {
    const requests = missing.map(({ repository: name }) => ({ name, followRenames: true }));
    const found = await readRepositories(github, owner, requests);
    const isAllMoved = found.every((each) => each !== undefined);
    const hidden = isAllMoved ? undefined : await reader.whyPartialView();
    return missing.flatMap((record, index) => {
      const now = found[index];
      if (now) return [repositoryGone(record, `is now ${now.owner}/${now.name}`)];
      if (hidden === undefined) return [repositoryGone(record, "was deleted")];
      reader.reportUnknown(
        `${owner}/${record.repository}: it was deleted, or the admin token may not see it (${hidden})`,
      );
      return [];
    });
  });
}

/** @param reason in words: `was archived` */
export function repositoryGone(
  { owner, repository }: Pick<FilesRecord, "owner" | "repository">,
  reason: string,
): DriftFinding {
  return driftFinding({
    kind: "repository-gone",
    repository,
    subject: repository,
    text: `${owner}/${repository} ${reason}`,
    repair: { by: "person", step: "see what an update would do" },
  });
}
