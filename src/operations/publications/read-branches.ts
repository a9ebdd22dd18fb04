import type { FleetRepository } from "../../fleet/fleet.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import { createFileLoader, loadTexts } from "../../github/contents/read-files.ts";
import type { RepositorySnapshot } from "../../github/repositories/repository-snapshot.ts";
import { withLocalActions } from "../../publishing/local-actions.ts";
import type { Publication } from "../../publishing/publication.ts";
import { readPublications } from "../../publishing/read-publications.ts";

/** How a repository publishes, by the files of its branch. */
export interface BranchReading {
  /** The commit that was read. */
  readonly head: string;
  /** Path to text: its workflows, and the local actions that they use. */
  readonly texts: Readonly<Record<string, string>>;
  readonly publications: readonly Publication[];
  /** Workflows that are no text, or too large. */
  readonly unreadable: readonly string[];
}

export interface PublishingNames {
  readonly owner: string;
  /** Host of the registry: "ghcr.io". */
  readonly registry: string;
  /** Of the fleet's secret. */
  readonly secret: string;
}

/** A repository, and what is known of its branch. */
export interface BranchToRead {
  readonly repository: Pick<FleetRepository, "name" | "workflows">;
  /** Absent where there is no such repository. */
  readonly snapshot: Pick<RepositorySnapshot, "head" | "workflows"> | undefined;
}

/**
 * Reads how repositories publish: their workflows with one query for some forty repositories, and one
 * more where they have actions of their own.
 *
 * @param files where others read the same files, too
 * @returns by the name of the repository; without those that have no such branch
 * @throws the first failure of a request
 */
export async function readBranches(
  github: GitHubClient,
  { owner, registry, secret }: PublishingNames,
  branches: readonly BranchToRead[],
  files = createFileLoader(github, owner),
): Promise<ReadonlyMap<string, BranchReading>> {
  const found = await Promise.all(
    branches.map(async ({ repository: { name, workflows }, snapshot }) => {
      const head = snapshot?.head;
      if (!snapshot || head === undefined) return [];
      const read = (paths: readonly string[]) =>
        loadTexts(files, { repository: name, revision: head }, paths);
      const paths = [...snapshot.workflows.keys()].filter((path) => /\.ya?ml$/.test(path));
      const own = await read(paths);
      const texts = await withLocalActions(own, read);
      const { replaceSecrets } = workflows;
      const options = { registry, secret, replaceSecrets, repository: `${owner}/${name}` };
      const publications = readPublications(texts, options);
      const unreadable = paths.filter((path) => own[path] === undefined);
      return [[name, { head, texts, publications, unreadable }] as const];
    }),
  );
  return new Map(found.flat());
}
