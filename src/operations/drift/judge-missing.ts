import { readRepositories } from "../../github/repositories/repository-snapshot.ts";
import type { FilesRecord } from "../../stack/stack-record.ts";
import type { DriftFinding } from "./drift-finding.ts";
import type { Reading } from "./reading.ts";
import { repositoryGone } from "./repository-gone.ts";

/**
 * What became of repositories that GitHub does not show by their names: one that was renamed answers
 * to its old name as well, and of the others a token that sees everything knows that they are gone.
 * Any other token knows nothing of them.
 */
export async function judgeMissing(
  reading: Reading,
  missing: readonly FilesRecord[],
): Promise<DriftFinding[]> {
  if (missing.length === 0) return [];
  const { github, owner } = reading;
  return reading.attempt(
    `look for ${missing.length} missing repositories of ${owner}`,
    async () => {
      const requests = missing.map(({ repository: name }) => ({ name, followRenames: true }));
      const found = await readRepositories(github, owner, requests);
      const isAllMoved = found.every((each) => each !== undefined);
      const hidden = isAllMoved ? undefined : await reading.whyPartialView();
      return missing.flatMap((record, index) => {
        const now = found[index];
        if (now) return [repositoryGone(record, `is now ${now.owner}/${now.name}`)];
        if (hidden === undefined) return [repositoryGone(record, "was deleted")];
        reading.doubt(
          `${owner}/${record.repository}: it was deleted, or the admin token may not see it (${hidden})`,
        );
        return [];
      });
    },
  );
}
