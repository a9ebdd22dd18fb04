import type { Level } from "../world/accounts/permissions.ts";
import type { RegistryContext } from "./registry-context.ts";
import { deletePackage, restorePackage } from "./store/delete-package.ts";
import {
  findPackage,
  type Package,
  type RepositoryReference,
  type Visibility,
} from "./store/registry-store.ts";

/**
 * What GitHub offers only on a package's settings page, not through its API
 * (https://docs.github.com/en/packages/learn-github-packages/configuring-a-packages-access-control-and-visibility):
 * a person does it, so tests and the demo do it here. Every function throws if the package or
 * repository does not exist.
 */
export type ByHand = ReturnType<typeof createByHand>;

export function createByHand({ world, store }: RegistryContext) {
  const now = () => new Date(world.clock.now());
  const open = (owner: string, name: string): Package => {
    const subject = findPackage(store, owner, name);
    if (subject === undefined) throw new Error(`no package ${owner}/${name}`);
    subject.updatedAt = now().toISOString();
    return subject;
  };
  const reference = (owner: string, repository: string): RepositoryReference => {
    const found = world.findRepository(owner, repository);
    if (found === undefined) throw new Error(`no repository ${owner}/${repository}`);
    return { owner: found.owner, name: found.name, id: found.id };
  };

  return {
    /** @throws Error if a public package should become private: GitHub never allows that. */
    setVisibility(owner: string, name: string, visibility: Visibility): void {
      const subject = open(owner, name);
      if (subject.visibility === "public" && visibility !== "public") {
        throw new Error(`${owner}/${name} is public and cannot be made ${visibility} again`);
      }
      subject.visibility = visibility;
    },

    /** Connects a repository of the same owner; the package keeps its own permissions. */
    linkRepository(owner: string, name: string, repository: string): void {
      const subject = open(owner, name);
      subject.repository = reference(owner, repository);
      subject.inheritsAccess = false;
    },

    unlinkRepository(owner: string, name: string): void {
      const subject = open(owner, name);
      subject.repository = undefined;
      subject.inheritsAccess = false;
    },

    /** "Manage Actions access": lets the jobs of a repository use the package. */
    grantActionsAccess(owner: string, name: string, repository: string, role: Level): void {
      const subject = open(owner, name);
      const granted = reference(owner, repository);
      subject.actionsAccess = [
        ...subject.actionsAccess.filter((entry) => entry.repository.id !== granted.id),
        { repository: granted, role },
      ];
    },

    /** "Inherit access from source repository": existing permissions are overwritten. */
    setInherit(owner: string, name: string, inherits: boolean): void {
      const subject = open(owner, name);
      if (inherits && subject.repository === undefined) {
        throw new Error(`${owner}/${name} is linked to no repository`);
      }
      subject.inheritsAccess = inherits;
      if (inherits) subject.actionsAccess = [];
    },

    deletePackage(owner: string, name: string): void {
      deletePackage(open(owner, name), now());
    },

    /** @throws Error more than 30 days after the deletion, or if the name is in use again. */
    restore(owner: string, name: string): void {
      if (restorePackage(store, owner, name, now()) === undefined) {
        throw new Error(`no package ${owner}/${name} to restore`);
      }
    },
  };
}
