import { discussionOf, assertMayEdit } from "./discussion-of-path.ts";
import { z } from "zod";
import { openRepository, tokenRefusal } from "../../http/access.ts";
import { validationFailed, orNotFound } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { commentShape } from "../../serializers/issue.ts";
import { addComment, deleteComment, editComment } from "../../world/discussions/issues.ts";
import { tokenReaches } from "../../world/accounts/permissions.ts";
import type { IssueComment } from "../../world/state/discussions.ts";
import type { Repository } from "../../world/state/repository.ts";

/**
 * Comments on issues and pull requests, which share one sequence of numbers.
 * https://docs.github.com/en/rest/issues/comments
 */
export const issueCommentRoutes = createRoutes()
  .get("/repos/:owner/:repo/issues/:number{\\d+}/comments", (c) => {
    const repository = openComments(c, "read");
    const { number } = discussionOf(c, repository);
    const since = Date.parse(c.req.query("since") ?? "");
    const found = repository.comments.filter(
      (comment) => comment.issue === number && !(Date.parse(comment.updatedAt) < since),
    );
    return c.json(paginate(c, found).map((comment) => commentShape(c.var, repository, comment)));
  })
  .post("/repos/:owner/:repo/issues/:number{\\d+}/comments", async (c) => {
    const repository = openComments(c, "write");
    const issue = discussionOf(c, repository).number;
    const { body } = await readComment(c);
    const comment = addComment(c.var, repository, issue, body);
    return c.json(commentShape(c.var, repository, comment), 201);
  })
  .get("/repos/:owner/:repo/issues/comments/:id{\\d+}", (c) => {
    const repository = openComments(c, "read");
    return c.json(commentShape(c.var, repository, commentOf(c, repository)));
  })
  .patch("/repos/:owner/:repo/issues/comments/:id{\\d+}", async (c) => {
    const repository = openComments(c, "write");
    const comment = commentOf(c, repository);
    assertMayEdit(c, repository, comment.author);
    const { body } = await readComment(c);
    editComment(c.var, repository, comment, body);
    return c.json(commentShape(c.var, repository, comment));
  })
  .delete("/repos/:owner/:repo/issues/comments/:id{\\d+}", (c) => {
    const repository = openComments(c, "write");
    const comment = commentOf(c, repository);
    assertMayEdit(c, repository, comment.author);
    deleteComment(c.var, repository, comment);
    return c.body(null, 204);
  });

/** https://github.com/vebr/jest-lcov-reporter/issues/14 shows the API's answer to longer ones. */
const longestBody = 65_536;

async function readComment(c: ApiContext): Promise<{ body: string }> {
  const given = await readBody(c, z.object({ body: z.string() }), "IssueComment");
  const refuse = (message: string) =>
    validationFailed({ resource: "IssueComment", code: "unprocessable", field: "data", message });
  if (given.body.trim() === "") throw refuse("Body cannot be blank");
  if (given.body.length > longestBody)
    throw refuse(`Body is too long (maximum is ${longestBody} characters)`);
  return given;
}

/**
 * Everybody who can read may comment; a token needs the permission for issues, or for pull requests.
 * https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens
 */
function openComments(c: ApiContext, level: "read" | "write"): Repository {
  const { world, actor } = c.var;
  const found = world.findRepository(c.req.param("owner") ?? "", c.req.param("repo") ?? "");
  const byIssues = found === undefined || tokenReaches(actor, found, "issues", level);
  const repository = openRepository(c, byIssues ? "issues" : "pullComments", level);
  if (level === "write" && actor.kind === "anonymous") throw tokenRefusal(actor);
  return repository;
}

function commentOf(c: ApiContext, { comments }: Repository): IssueComment {
  return orNotFound(comments.find(({ id }) => id === Number(c.req.param("id"))));
}
