import { personAt } from "./world/actor.ts";
import { branchHead, entryAt, treeOf } from "./world/objects/repository-git.ts";
import { deleteSecret, putSecret } from "./world/secrets/secret-stores.ts";
import type { SecretLocation } from "./world/find-secrets.ts";
import type { Audience } from "./world/state/secrets.ts";
import type { World } from "./world/world.ts";
import { blobChange, commitFiles, signatureOf, webFlow } from "./world/repositories/write-refs.ts";

/** What a person does on GitHub's pages, without any tool; for tests and demonstrations. */
export interface ByHand {
  setSecret(
    location: SecretLocation,
    name: string,
    value: string,
    audience?: Partial<Audience>,
  ): void;
  deleteSecret(location: SecretLocation, name: string): void;
  /** Commits files to a branch (the default one if absent); null removes one. Returns the id. */
  editFiles(
    repository: string,
    files: Readonly<Record<string, string | null>>,
    options?: { branch?: string; message?: string },
  ): string;
  /** Renames a repository; its old name still leads to it. */
  renameRepository(repository: string, name: string): void;
}

export function byHand(world: World, login: string): ByHand {
  // No token limits somebody in a browser.
  const session = { world, actor: personAt(login, ["repo", "workflow", "admin:org"]) };
  return {
    setSecret: (location, name, value, audience) =>
      void putSecret(session, location, name, value, audience),
    deleteSecret: (location, name) => deleteSecret(session, location, name),
    editFiles(fullName, files, { branch: given, message = "Edit by hand" } = {}) {
      const repository = world.repository(fullName);
      const branch = given ?? repository.defaultBranch;
      const head = branchHead(repository, branch);
      const tree = head === undefined ? undefined : treeOf(repository, head);
      const changes = Object.entries(files).map(([path, text]) => {
        const mode = tree === undefined ? undefined : entryAt(repository, tree, path)?.mode;
        return [
          path,
          text === null ? null : blobChange(repository, Buffer.from(text), mode),
        ] as const;
      });
      return commitFiles(session, repository, {
        branch,
        message,
        changes: new Map(changes),
        author: signatureOf(session),
        committer: webFlow(world),
        signed: true,
      });
    },
    renameRepository(fullName, name) {
      const repository = world.repository(fullName);
      world.state.redirects.set(fullName.toLowerCase(), repository.id);
      repository.name = name;
    },
  };
}
