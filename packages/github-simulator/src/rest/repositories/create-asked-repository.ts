import { z } from "zod";
import type { Actor } from "../../world/actor.ts";
import { auditedRepository, recordAudit } from "../../world/audit-log.ts";
import { createRepository } from "../../world/repositories/create-repository.ts";
import type { Repository } from "../../world/state/state.ts";
import type { World } from "../../world/world.ts";
import {
  blobChange,
  commitFiles,
  signatureOf,
  webFlow,
} from "../../world/repositories/write-refs.ts";
import { applySettings, repositorySettings } from "./repository-settings.ts";

/** https://docs.github.com/en/rest/repos/repos#create-an-organization-repository */
export const newRepository = repositorySettings.extend({
  name: z.string().regex(/^[\w.-]+$/),
  auto_init: z.boolean().default(false),
});

/** Creates a repository as REST asks for it, with a first commit where `auto_init` is set. */
export function createAskedRepository(
  world: World,
  actor: Actor,
  owner: string,
  asked: z.output<typeof newRepository>,
): Repository {
  const repository = createRepository(world, owner, asked.name, { visibility: "public" });
  applySettings(repository, asked);
  recordAudit(world, actor, "repo.create", auditedRepository(repository));
  if (asked.auto_init) {
    commitFiles(world, actor, repository, {
      branch: repository.defaultBranch,
      message: "Initial commit",
      changes: new Map([["README.md", blobChange(repository, Buffer.from(`# ${asked.name}\n`))]]),
      author: signatureOf(world, actor),
      committer: webFlow(world),
      signed: true,
    });
  }
  return repository;
}
