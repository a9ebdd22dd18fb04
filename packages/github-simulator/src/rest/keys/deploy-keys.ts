import type { View } from "../../serializers/view.ts";
import { z } from "zod";
import { openRepository } from "../../http/access.ts";
import { orNotFound } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { repositoryUrl } from "../../serializers/repository.ts";
import { actorName } from "../../world/actor.ts";
import { auditedRepository, recordAudit } from "../../world/audit-log.ts";
import { addSshKey, fingerprintOf } from "../../world/accounts/ssh-keys.ts";
import type { SshKey, Repository } from "../../world/state/repository.ts";
import { readSshKey } from "./read-ssh-key.ts";

/** https://docs.github.com/en/rest/deploy-keys/deploy-keys */
export const deployKeyRoutes = createRoutes()
  .get("/repos/:owner/:repo/keys", (c) => {
    const repository = openRepository(c, "deployKeys", "read");
    const found = paginate(c, repository.keys);
    return c.json(found.map((key) => deployKeyShape(c.var, repository, key)));
  })
  .post("/repos/:owner/:repo/keys", async (c) => {
    const repository = openRepository(c, "deployKeys", "write");
    const given = await readBody(c, newDeployKey, "PublicKey");
    const { key, comment } = readSshKey(c, given.key);
    const title = given.title ?? comment;
    const added = addSshKey(c.var, repository, { title, key, readOnly: given.read_only });
    report(c, repository, added, "created", "create");
    return c.json(deployKeyShape(c.var, repository, added), 201);
  })
  .get("/repos/:owner/:repo/keys/:key{\\d+}", (c) => {
    const repository = openRepository(c, "deployKeys", "read");
    return c.json(deployKeyShape(c.var, repository, keyOf(c, repository)));
  })
  .delete("/repos/:owner/:repo/keys/:key{\\d+}", (c) => {
    const repository = openRepository(c, "deployKeys", "write");
    const key = keyOf(c, repository);
    repository.keys = repository.keys.filter((each) => each !== key);
    report(c, repository, key, "deleted", "delete");
    return c.body(null, 204);
  });

const newDeployKey = z.object({
  key: z.string(),
  title: z.string().optional(),
  read_only: z.boolean().default(false),
});

function keyOf(c: ApiContext, { keys }: Repository): SshKey {
  return orNotFound(keys.find(({ id }) => id === Number(c.req.param("key"))));
}

/** GitHub's `deploy-key`. */
function deployKeyShape(view: View, repository: Repository, key: SshKey) {
  return {
    id: key.id,
    key: key.key,
    url: `${repositoryUrl(view, repository)}/keys/${key.id}`,
    title: key.title,
    verified: true,
    created_at: key.createdAt,
    read_only: key.readOnly,
    added_by: key.addedBy,
    last_used: null,
    enabled: true,
  };
}

/** https://docs.github.com/en/enterprise-cloud@latest/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization#public_key */
function report(
  c: ApiContext,
  repository: Repository,
  key: SshKey,
  action: "created" | "deleted",
  audited: "create" | "delete",
): void {
  const { world, actor } = c.var;
  recordAudit(c.var, `public_key.${audited}`, {
    ...auditedRepository(repository),
    title: key.title,
    fingerprint: fingerprintOf(key),
    read_only: key.readOnly,
  });
  world.events.emit("webhook", {
    name: "deploy_key",
    repository,
    sender: actorName(actor),
    payload: () => ({ action, key: deployKeyShape(c.var, repository, key) }),
  });
}
