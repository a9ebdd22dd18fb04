import { z } from "zod";
import { openRepository } from "../../http/access.ts";
import { ApiError, orNotFound } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { branchRules, protectionSummary } from "../../serializers/branch-rules.ts";
import { commitShape } from "../../serializers/commit.ts";
import { repositoryHtmlUrl, repositoryUrl } from "../../serializers/repository.ts";
import { rulesFor } from "../../world/repositories/branch-rules.ts";
import { isRefName } from "../../world/names.ts";
import { branchHead, branchNames } from "../../world/objects/repository-git.ts";
import type { Repository } from "../../world/state/repository.ts";

/** https://docs.github.com/en/rest/branches and /repos/rules */
export const branchRoutes = createRoutes()
  .get("/repos/:owner/:repo/branches", (c) => {
    const repository = openRepository(c, "contents", "read");
    const onlyProtected = c.req.query("protected");
    const names = branchNames(repository).filter(
      (name) =>
        onlyProtected === undefined ||
        String(rulesFor(c.var.world, repository, name).length > 0) === onlyProtected,
    );
    return c.json(
      paginate(c, names).map((name) => {
        const sha = branchHead(repository, name) ?? "";
        return {
          name,
          commit: { sha, url: `${repositoryUrl(c.var, repository)}/commits/${sha}` },
          ...protectionSummary(c.var, repository, name),
        };
      }),
    );
  })
  .get("/repos/:owner/:repo/branches/:branch", (c) => {
    const { repository, branch } = openBranch(c, "contents", "read");
    return c.json(branchShape(c, repository, branch));
  })
  .post("/repos/:owner/:repo/branches/:branch/rename", async (c) => {
    const { repository, branch } = openBranch(c, "contents", "write");
    const isDefault = branch === repository.defaultBranch;
    if (isDefault) openRepository(c, "administration", "write");
    const { new_name } = await readBody(c, rename, "Branch");
    if (!isRefName(`refs/heads/${new_name}`)) {
      throw new ApiError(422, `${new_name} is not a valid branch name.`);
    }
    if (branchHead(repository, new_name) !== undefined) {
      throw new ApiError(422, "New branch already exists");
    }
    const oid = branchHead(repository, branch) ?? "";
    repository.refs.delete(`refs/heads/${branch}`);
    repository.refs.set(`refs/heads/${new_name}`, oid);
    if (isDefault) repository.defaultBranch = new_name;
    for (const pull of repository.pulls) {
      if (pull.base.ref === branch) pull.base.ref = new_name;
    }
    return c.json(branchShape(c, repository, new_name), 201);
  })
  .get("/repos/:owner/:repo/rules/branches/:branch", (c) => {
    const repository = openRepository(c, "metadata", "read");
    return c.json(paginate(c, branchRules(c.var.world, repository, c.req.param("branch"))));
  });

const rename = z.object({ new_name: z.string().min(1) });

/** The branch of the path, and its repository; throws if there is none. */
export function openBranch(
  c: ApiContext,
  area: "contents" | "administration",
  level: "read" | "write",
) {
  const repository = openRepository(c, area, level);
  const branch = c.req.param("branch") ?? "";
  if (branchHead(repository, branch) === undefined) throw new ApiError(404, "Branch not found");
  return { repository, branch };
}

function branchShape(c: ApiContext, repository: Repository, branch: string) {
  const head = orNotFound(branchHead(repository, branch));
  const self = `${repositoryUrl(c.var, repository)}/branches/${branch}`;
  return {
    name: branch,
    commit: commitShape(c.var, repository, head),
    _links: { self, html: `${repositoryHtmlUrl(repository)}/tree/${branch}` },
    ...protectionSummary(c.var, repository, branch),
  };
}
