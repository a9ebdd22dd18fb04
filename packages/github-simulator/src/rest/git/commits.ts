import { z } from "zod";
import { openRepository } from "../../http/access.ts";
import { ApiError, notFound, orNotFound } from "../../http/api-error.ts";
import { answerDiff, asksForDiff } from "../../http/asks-for-diff.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { refuseParameters } from "../../http/refuse-parameters.ts";
import { commitShape } from "../../serializers/commit.ts";
import { unifiedDiff, fileChangeShape } from "../../serializers/diff.ts";
import { repositoryHtmlUrl, repositoryUrl } from "../../serializers/repository.ts";
import { changesOf, compareCommits, countAll } from "../../world/objects/compare-trees.ts";
import { mergeTrees } from "../../world/objects/merge-trees.ts";
import {
  branchHead,
  entryAt,
  history,
  isAncestor,
  isEmpty,
  mergeBase,
  readCommit,
  resolveCommit,
} from "../../world/objects/repository-git.ts";
import { withoutOwner } from "../../world/names.ts";
import type { Repository } from "../../world/state/repository.ts";
import { writeRef } from "../../world/repositories/write-refs.ts";
import { writeMergeCommit } from "../../world/discussions/merge-commit.ts";

/** https://docs.github.com/en/rest/commits and /branches/branches#merge-a-branch */
export const commitRoutes = createRoutes()
  .get("/repos/:owner/:repo/commits", (c) => {
    const repository = openCommits(c);
    refuseParameters(c, "author", "committer");
    const { sha = repository.defaultBranch, path, since = "", until = "" } = c.req.query();
    const start = orNotFound(resolveCommit(repository, sha));
    const found = history(repository, start).filter((oid) => {
      const at = Date.parse(readCommit(repository, oid).committer.date);
      const isOutside = at < Date.parse(since) || at > Date.parse(until);
      return !isOutside && (path === undefined || touches(repository, oid, path));
    });
    return c.json(paginate(c, found).map((oid) => commitShape(c.var, repository, oid)));
  })
  .get("/repos/:owner/:repo/commits/:ref{.+}", (c) => {
    if (belowCommit.test(c.req.path)) return c.notFound();
    const repository = openCommits(c);
    const revision = c.req.param("ref");
    const oid = resolveCommit(repository, revision);
    if (oid === undefined) throw new ApiError(422, `No commit found for SHA: ${revision}`);
    if (/\.sha\b/.test(c.req.header("accept") ?? "")) return c.text(oid);
    const files = changesOf(repository, oid);
    if (asksForDiff(c)) return answerDiff(c, unifiedDiff(repository, files));
    const { additions, deletions } = countAll(files);
    return c.json({
      ...commitShape(c.var, repository, oid),
      stats: { total: additions + deletions, additions, deletions },
      files: files.map((file) => fileChangeShape(c.var, repository, oid, file)),
    });
  })
  .get("/repos/:owner/:repo/compare/:basehead{.+}", (c) => {
    const repository = openCommits(c);
    const [base, head] = c.req.param("basehead").split("...");
    if (base === undefined || head === undefined) throw notFound();
    const compared = comparison(c, repository, base, head);
    return asksForDiff(c)
      ? answerDiff(c, unifiedDiff(repository, compared.changes))
      : c.json(compared.answer);
  })
  .post("/repos/:owner/:repo/merges", async (c) => {
    const repository = openRepository(c, "contents", "write");
    const given = await readBody(c, mergeRequest, "Merge");
    const base = branchHead(repository, given.base);
    if (base === undefined) throw new ApiError(404, "Base does not exist");
    const head = resolveCommit(repository, given.head);
    if (head === undefined) throw new ApiError(404, "Head does not exist");
    if (isAncestor(repository, head, base)) return c.body(null, 204);
    const tree = mergeTrees(repository, base, head);
    if (tree === undefined) throw new ApiError(409, "Merge conflict");
    const message = given.commit_message ?? `Merge ${given.head} into ${given.base}`;
    const parents = [base, head];
    const oid = writeMergeCommit(c.var, repository, { tree, parents, message });
    writeRef(c.var, repository, `refs/heads/${given.base}`, oid);
    return c.json(commitShape(c.var, repository, oid), 201);
  });

const mergeRequest = z.object({
  base: z.string(),
  head: z.string(),
  commit_message: z.string().optional(),
});

/** Sub-resources of a commit, which are not part of a ref. */
const belowCommit = /\/(branches-where-head|check-suites|comments|pulls)$/;

function openCommits(c: ApiContext): Repository {
  const repository = openRepository(c, "contents", "read");
  if (isEmpty(repository)) throw new ApiError(409, "Git Repository is empty.");
  return repository;
}

/** Whether the commit changed the path compared with its first parent. */
function touches(repository: Repository, oid: string, path: string): boolean {
  const { tree, parents } = readCommit(repository, oid);
  const before =
    parents[0] === undefined
      ? undefined
      : entryAt(repository, readCommit(repository, parents[0]).tree, path);
  return entryAt(repository, tree, path)?.oid !== before?.oid;
}

/**
 * "When calling this endpoint without any paging parameter […], the returned list is limited to 250 commits"; files
 * are on the first page only. https://docs.github.com/en/rest/commits/commits#compare-two-commits
 */
function pageOf(c: ApiContext, commits: string[]): string[] {
  const { page, per_page } = c.req.query();
  return (page ?? per_page) === undefined ? commits.slice(-250) : paginate(c, commits);
}

function comparison(c: ApiContext, repository: Repository, baseName: string, headName: string) {
  const [base, head] = [baseName, headName].map((name) =>
    orNotFound(resolveCommit(repository, withoutOwner(repository.owner, name) ?? "")),
  ) as [string, string];
  const common = mergeBase(repository, base, head);
  if (common === undefined)
    throw new ApiError(404, `No common ancestor between ${baseName} and ${headName}.`);
  const ofBase = new Set(history(repository, base));
  const ofHead = new Set(history(repository, head));
  const ahead = [...ofHead].filter((oid) => !ofBase.has(oid)).reverse();
  const behind = [...ofBase].filter((oid) => !ofHead.has(oid)).length;
  const self = `${repositoryUrl(c.var, repository)}/compare/${baseName}...${headName}`;
  const html = `${repositoryHtmlUrl(repository)}/compare/${baseName}...${headName}`;
  const files = compareCommits(repository, common, head);
  const answer = {
    url: self,
    html_url: html,
    permalink_url: `${repositoryHtmlUrl(repository)}/compare/${base}...${head}`,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: commitShape(c.var, repository, base),
    merge_base_commit: commitShape(c.var, repository, common),
    status:
      ahead.length > 0 ? (behind > 0 ? "diverged" : "ahead") : behind > 0 ? "behind" : "identical",
    ahead_by: ahead.length,
    behind_by: behind,
    total_commits: ahead.length,
    commits: pageOf(c, ahead).map((oid) => commitShape(c.var, repository, oid)),
    ...((c.req.query("page") ?? "1") === "1" && {
      files: files.slice(0, 300).map((file) => fileChangeShape(c.var, repository, head, file)),
    }),
  };
  return { answer, changes: files };
}
