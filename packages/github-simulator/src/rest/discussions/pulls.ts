import { pullOf } from "./discussion-of-path.ts";
import { z } from "zod";
import { openRepository } from "../../http/access.ts";
import { ApiError, notFound, validationFailed, type FieldError } from "../../http/api-error.ts";
import { answerDiff, asksForDiff } from "../../http/asks-for-diff.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { commitShape } from "../../serializers/commit.ts";
import { fileChangeShape, unifiedDiff } from "../../serializers/diff.ts";
import { pullRequest, simplePullRequest } from "../../serializers/pull-request.ts";
import {
  mergePullRequest,
  openPullRequest,
  reopenPullRequest,
  setBase,
} from "../../world/discussions/pull-requests.ts";
import { closePullRequest } from "../../world/repositories/close-pull-request.ts";
import { pullRequestCommits, pullRequestChanges } from "../../world/discussions/merge-commit.ts";
import { editDiscussion } from "../../world/discussions/issues.ts";
import { Refusal } from "../../world/refusal.ts";
import { withoutOwner } from "../../world/names.ts";
import { branchHead } from "../../world/objects/repository-git.ts";
import type { PullRequest } from "../../world/state/discussions.ts";
import type { Repository } from "../../world/state/repository.ts";

/** https://docs.github.com/en/rest/pulls/pulls */
export const pullRoutes = createRoutes()
  .get("/repos/:owner/:repo/pulls", (c) => {
    const repository = openRepository(c, "pulls", "read");
    const { state = "open", head = "", base } = c.req.query();
    // Without an owner, GitHub ignores it: https://github.com/argoproj-labs/gitops-promoter/pull/1417
    const isHead = ({ ref }: PullRequest["head"]) =>
      !head.includes(":") || withoutOwner(repository.owner, head) === ref;
    const found = repository.pulls
      .filter(
        (pull) =>
          (state === "all" || pull.state === state) &&
          isHead(pull.head) &&
          (base === undefined || pull.base.ref === base),
      )
      .sort(orderOf(c.req.query("sort"), c.req.query("direction")));
    return c.json(paginate(c, found).map((pull) => simplePullRequest(c.var, repository, pull)));
  })
  .post("/repos/:owner/:repo/pulls", async (c) => {
    const repository = openRepository(c, "pulls", "write");
    const given = await readBody(c, newPull, "PullRequest");
    const pull = refusedAsField(() =>
      openPullRequest(c.var, repository, {
        title: given.title,
        body: given.body ?? null,
        head: withoutOwner(repository.owner, given.head) ?? "",
        base: given.base,
        draft: given.draft,
        maintainerCanModify: given.maintainer_can_modify,
      }),
    );
    return answer(c, repository, pull, 201);
  })
  .get("/repos/:owner/:repo/pulls/:number{\\d+}", (c) => {
    const repository = openRepository(c, "pulls", "read");
    const pull = pullOf(c, repository);
    return asksForDiff(c)
      ? answerDiff(c, unifiedDiff(repository, pullRequestChanges(repository, pull)))
      : answer(c, repository, pull);
  })
  .patch("/repos/:owner/:repo/pulls/:number{\\d+}", async (c) => {
    const repository = openRepository(c, "pulls", "write");
    const pull = pullOf(c, repository);
    const given = await readBody(c, pullChange, "PullRequest");
    if (given.base !== undefined && branchHead(repository, given.base) === undefined) {
      throw validationFailed({ resource: "PullRequest", field: "base", code: "invalid" });
    }
    if (given.state === "closed") closePullRequest(c.var, repository, pull);
    if (given.state === "open") reopenPullRequest(c.var, repository, pull);
    editDiscussion(c.var, repository, pull, { title: given.title, body: given.body });
    if (given.base !== undefined) setBase(c.var, repository, pull, given.base);
    pull.maintainerCanModify = given.maintainer_can_modify ?? pull.maintainerCanModify;
    return answer(c, repository, pull);
  })
  .get("/repos/:owner/:repo/pulls/:number{\\d+}/commits", (c) => {
    const repository = openRepository(c, "pulls", "read");
    const commits = pullRequestCommits(repository, pullOf(c, repository));
    return c.json(paginate(c, commits).map((oid) => commitShape(c.var, repository, oid)));
  })
  .get("/repos/:owner/:repo/pulls/:number{\\d+}/files", (c) => {
    const repository = openRepository(c, "pulls", "read");
    const pull = pullOf(c, repository);
    const files = paginate(c, pullRequestChanges(repository, pull));
    return c.json(files.map((file) => fileChangeShape(c.var, repository, pull.head.sha, file)));
  })
  .get("/repos/:owner/:repo/pulls/:number{\\d+}/merge", (c) => {
    const repository = openRepository(c, "pulls", "read");
    if (pullOf(c, repository).mergedAt === null) throw notFound();
    return c.body(null, 204);
  })
  .put("/repos/:owner/:repo/pulls/:number{\\d+}/merge", async (c) => {
    const repository = openRepository(c, "contents", "write");
    const pull = pullOf(c, repository);
    const given = await readBody(c, mergeRequest, "PullRequest");
    if (pull.state === "closed" || pull.draft) {
      throw new ApiError(405, "Pull Request is not mergeable");
    }
    if (given.sha !== undefined && given.sha !== pull.head.sha) {
      throw new ApiError(409, "Head branch was modified. Review and try the merge again.");
    }
    const text = { title: given.commit_title, body: given.commit_message };
    try {
      const sha = mergePullRequest(c.var, repository, pull, given.merge_method, text);
      return c.json({ sha, merged: true, message: "Pull Request successfully merged" });
    } catch (error) {
      if (!(error instanceof Refusal) || error.reason === "not-implemented") throw error;
      throw new ApiError(405, error.message);
    }
  });

function orderOf(sort = "created", direction?: string) {
  const key = { created: "createdAt", updated: "updatedAt" } as const;
  if (sort !== "created" && sort !== "updated") {
    throw new ApiError(501, `the simulator does not sort pull requests by ${sort}`);
  }
  // https://docs.github.com/en/rest/pulls/pulls#list-pull-requests: newest first, by creation only
  const ascending = (direction ?? (sort === "created" ? "desc" : "asc")) === "asc" ? 1 : -1;
  return (a: PullRequest, b: PullRequest) =>
    ascending * (a[key[sort]].localeCompare(b[key[sort]]) || a.number - b.number);
}

const newPull = z.object({
  title: z.string().min(1),
  head: z.string(),
  base: z.string(),
  body: z.string().nullish(),
  draft: z.boolean().default(false),
  maintainer_can_modify: z.boolean().default(false),
});
const pullChange = z.object({
  title: z.string().min(1).optional(),
  body: z.string().nullable().optional(),
  state: z.enum(["open", "closed"]).optional(),
  base: z.string().optional(),
  maintainer_can_modify: z.boolean().optional(),
});
const mergeRequest = z.object({
  commit_title: z.string().optional(),
  commit_message: z.string().optional(),
  sha: z.string().optional(),
  merge_method: z.enum(["merge", "squash", "rebase"]).default("merge"),
});

function answer(c: ApiContext, repository: Repository, pull: PullRequest, status: 200 | 201 = 200) {
  return c.json(pullRequest(c.var, repository, pull), status);
}

/** REST names the invalid field; the world only says what is wrong. */
function refusedAsField(open: () => PullRequest): PullRequest {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== "invalid") throw error;
    const field = /^(head|base): invalid$/.exec(error.message)?.[1];
    const detail: FieldError =
      field === undefined
        ? { resource: "PullRequest", field: "head", code: "custom", message: error.message }
        : { resource: "PullRequest", field, code: "invalid" };
    throw validationFailed(detail);
  }
}
