import { z } from "zod";
import { ApiError, notFound } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { nodeId } from "../../serializers/node-id.ts";
import { repositoryUrl, repositoryHtmlUrl } from "../../serializers/repository.ts";
import { assertMayMoveWorkflows } from "../../world/repositories/workflow-files.ts";
import { isFastForward, tagNames, peelTag } from "../../world/objects/repository-git.ts";
import { isRefName } from "../../world/names.ts";
import { writeRef } from "../../world/repositories/write-refs.ts";
import type { Repository } from "../../world/state/repository.ts";
import { openGit } from "./git-objects.ts";
import { openRepository } from "../../http/access.ts";

/** https://docs.github.com/en/rest/git/refs */
export const gitRefRoutes = createRoutes()
  .get("/repos/:owner/:repo/git/ref/:ref{.+}", (c) => {
    const repository = openGit(c, "read");
    const ref = `refs/${c.req.param("ref")}`;
    if (!repository.refs.has(ref)) throw notFound();
    return c.json(refShape(c, repository, ref));
  })
  .get("/repos/:owner/:repo/git/matching-refs/:ref{.+}", (c) => {
    const repository = openGit(c, "read");
    const prefix = `refs/${c.req.param("ref")}`;
    const refs = [...repository.refs.keys()].filter((ref) => ref.startsWith(prefix)).sort();
    return c.json(paginate(c, refs).map((ref) => refShape(c, repository, ref)));
  })
  .post("/repos/:owner/:repo/git/refs", async (c) => {
    const repository = openGit(c, "write");
    const { ref, sha } = await readBody(c, newRef, "Reference");
    if (!isRefName(ref)) throw new ApiError(422, `${ref} is not a valid ref name.`);
    if (repository.refs.has(ref)) throw new ApiError(422, "Reference already exists");
    if (!repository.objects.has(sha)) throw new ApiError(422, "Object does not exist");
    assertMayMoveWorkflows(repository, c.var.actor, sha);
    writeRef(c.var, repository, ref, sha);
    return c.json(refShape(c, repository, ref), 201);
  })
  .patch("/repos/:owner/:repo/git/refs/:ref{.+}", async (c) => {
    const repository = openGit(c, "write");
    const ref = `refs/${c.req.param("ref")}`;
    const { sha, force } = await readBody(c, movedRef, "Reference");
    const before = repository.refs.get(ref);
    if (before === undefined) throw new ApiError(422, "Reference does not exist");
    if (!repository.objects.has(sha)) throw new ApiError(422, "Object does not exist");
    if (!force && !isFastForward(repository, before, sha)) {
      throw new ApiError(422, "Update is not a fast forward");
    }
    assertMayMoveWorkflows(repository, c.var.actor, sha);
    writeRef(c.var, repository, ref, sha);
    return c.json(refShape(c, repository, ref));
  })
  .delete("/repos/:owner/:repo/git/refs/:ref{.+}", (c) => {
    const repository = openGit(c, "write");
    const ref = `refs/${c.req.param("ref")}`;
    if (!repository.refs.has(ref)) throw new ApiError(422, "Reference does not exist");
    writeRef(c.var, repository, ref, null);
    return c.body(null, 204);
  })
  .get("/repos/:owner/:repo/tags", (c) => {
    const repository = openRepository(c, "contents", "read");
    const self = repositoryUrl(c.var, repository);
    const html = repositoryHtmlUrl(repository);
    return c.json(
      paginate(c, tagNames(repository).reverse()).map((name) => {
        const sha = peelTag(repository, repository.refs.get(`refs/tags/${name}`) ?? "");
        return {
          name,
          commit: { sha, url: `${self}/commits/${sha}` },
          zipball_url: `${html}/zipball/${encodeURI(name)}`,
          tarball_url: `${html}/tarball/${encodeURI(name)}`,
          node_id: nodeId("Ref", repository.id, `refs/tags/${name}`),
        };
      }),
    );
  });

const newRef = z.object({ ref: z.string(), sha: z.string() });
const movedRef = z.object({ sha: z.string(), force: z.boolean().default(false) });

function refShape(c: ApiContext, repository: Repository, ref: string) {
  const sha = repository.refs.get(ref) ?? "";
  const type = repository.objects.get(sha)?.type ?? "commit";
  const self = `${repositoryUrl(c.var, repository)}/git`;
  return {
    ref,
    node_id: nodeId("Ref", repository.id, ref),
    url: `${self}/${ref}`,
    object: { type, sha, url: `${self}/${type}s/${sha}` },
  };
}
