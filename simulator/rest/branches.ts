import { z } from "zod";
import { openRepository } from "../http/access.ts";
import { ApiError, notFound } from "../http/api-error.ts";
import { createRoutes, type ApiContext } from "../http/env.ts";
import { paginate } from "../http/paginate.ts";
import { readBody } from "../http/read-body.ts";
import {
  branchProtection,
  branchRules,
  protectionSummary,
  requiredSignatures,
} from "../shapes/branch-rules.ts";
import { commitShape } from "../shapes/commit.ts";
import { repositoryHtmlUrl, repositoryUrl } from "../shapes/repository.ts";
import { rulesFor } from "../world/branch-rules.ts";
import { branchHead, branchNames } from "../world/repository-git.ts";
import type { BranchRule, Repository } from "../world/state.ts";

/** https://docs.github.com/en/rest/branches and /repos/rules */
export const branchRoutes = createRoutes()
  .get("/repos/:owner/:repo/branches", (c) => {
    const repository = openRepository(c, "contents", "read");
    const onlyProtected = c.req.query("protected");
    const names = branchNames(repository).filter(
      (name) =>
        onlyProtected === undefined ||
        String(rulesFor(repository, name).length > 0) === onlyProtected,
    );
    return c.json(
      paginate(c, names).map((name) => {
        const sha = branchHead(repository, name) ?? "";
        return {
          name,
          commit: { sha, url: `${repositoryUrl(c.var.api, repository)}/commits/${sha}` },
          ...protectionSummary(c.var.api, repository, name),
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
    const { new_name } = await readBody(c, rename, "Branch");
    if (branchHead(repository, new_name) !== undefined) {
      throw new ApiError(422, "New branch already exists");
    }
    const oid = branchHead(repository, branch) ?? "";
    repository.refs.delete(`refs/heads/${branch}`);
    repository.refs.set(`refs/heads/${new_name}`, oid);
    if (repository.defaultBranch === branch) repository.defaultBranch = new_name;
    for (const pull of repository.pulls) {
      if (pull.base.ref === branch) pull.base.ref = new_name;
    }
    return c.json(branchShape(c, repository, new_name), 201);
  })
  .get("/repos/:owner/:repo/branches/:branch/protection", (c) => {
    const { repository, branch } = openBranch(c, "administration", "read");
    return c.json(branchProtection(c.var.api, repository, branch, ruleOf(repository, branch)));
  })
  .put("/repos/:owner/:repo/branches/:branch/protection", async (c) => {
    const { repository, branch } = openBranch(c, "administration", "write");
    const given = await readBody(c, protection, "Protection");
    const reviews = given.required_pull_request_reviews;
    const existing = classicRule(repository, branch);
    const rule: BranchRule = {
      source: "protection",
      id: existing?.id ?? c.var.world.nextId(),
      pattern: branch,
      requirePullRequest: reviews !== null,
      requiredApprovals: reviews?.required_approving_review_count ?? 0,
      requireSignatures: existing?.requireSignatures ?? false,
      requiredStatusChecks: checksOf(given.required_status_checks),
      strictStatusChecks: given.required_status_checks?.strict ?? false,
      enforceAdmins: given.enforce_admins ?? false,
      blockDeletion: given.allow_deletions !== true,
      blockForcePush: given.allow_force_pushes !== true,
      bypass: [],
    };
    repository.rules = [...repository.rules.filter((item) => item !== existing), rule];
    return c.json(branchProtection(c.var.api, repository, branch, rule));
  })
  .delete("/repos/:owner/:repo/branches/:branch/protection", (c) => {
    const { repository, branch } = openBranch(c, "administration", "write");
    const rule = ruleOf(repository, branch);
    repository.rules = repository.rules.filter((item) => item !== rule);
    return c.body(null, 204);
  })
  .get("/repos/:owner/:repo/branches/:branch/protection/required_signatures", (c) => {
    const { repository, branch } = openBranch(c, "administration", "read");
    return c.json(requiredSignatures(c.var.api, repository, branch, ruleOf(repository, branch)));
  })
  .post("/repos/:owner/:repo/branches/:branch/protection/required_signatures", (c) => {
    const { repository, branch } = openBranch(c, "administration", "write");
    const rule = ruleOf(repository, branch);
    rule.requireSignatures = true;
    return c.json(requiredSignatures(c.var.api, repository, branch, rule));
  })
  .delete("/repos/:owner/:repo/branches/:branch/protection/required_signatures", (c) => {
    const { repository, branch } = openBranch(c, "administration", "write");
    ruleOf(repository, branch).requireSignatures = false;
    return c.body(null, 204);
  })
  .get("/repos/:owner/:repo/rules/branches/:branch", (c) => {
    const repository = openRepository(c, "metadata", "read");
    return c.json(paginate(c, branchRules(repository, c.req.param("branch"))));
  });

const rename = z.object({ new_name: z.string().min(1) });
/** Required, though nullable, as the API's description has it. */
const protection = z.object({
  required_status_checks: z
    .object({
      strict: z.boolean().optional(),
      contexts: z.array(z.string()).nullish(),
      checks: z.array(z.object({ context: z.string() })).nullish(),
    })
    .nullable(),
  required_pull_request_reviews: z
    .object({ required_approving_review_count: z.int().optional() })
    .nullable(),
  enforce_admins: z.boolean().nullable(),
  restrictions: z.null(),
  allow_force_pushes: z.boolean().nullish(),
  allow_deletions: z.boolean().nullish(),
});

/** Clients name the checks in the new field or in the old one. */
function checksOf(given: z.output<typeof protection>["required_status_checks"]): string[] {
  return given?.checks?.map(({ context }) => context) ?? given?.contexts ?? [];
}

function openBranch(c: ApiContext, area: "contents" | "administration", level: "read" | "write") {
  const repository = openRepository(c, area, level);
  const branch = c.req.param("branch") ?? "";
  if (branchHead(repository, branch) === undefined) throw new ApiError(404, "Branch not found");
  return { repository, branch };
}

function classicRule(repository: Repository, branch: string): BranchRule | undefined {
  return rulesFor(repository, branch).find(({ source }) => source === "protection");
}

function ruleOf(repository: Repository, branch: string): BranchRule {
  const rule = classicRule(repository, branch);
  if (rule === undefined) throw new ApiError(404, "Branch not protected");
  return rule;
}

function branchShape(c: ApiContext, repository: Repository, branch: string) {
  const { world, api } = c.var;
  const head = branchHead(repository, branch);
  if (head === undefined) throw notFound();
  const self = `${repositoryUrl(api, repository)}/branches/${branch}`;
  return {
    name: branch,
    commit: commitShape(world, api, repository, head),
    _links: { self, html: `${repositoryHtmlUrl(repository)}/tree/${branch}` },
    ...protectionSummary(api, repository, branch),
  };
}
