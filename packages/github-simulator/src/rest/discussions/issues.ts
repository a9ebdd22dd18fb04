import { discussionOf, assertMayEdit, labelNames } from "./discussion-of-path.ts";
import { z } from "zod";
import { openRepository, tokenRefusal } from "../../http/access.ts";
import { ApiError, validationFailed } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { paginate } from "../../http/paginate.ts";
import { readBody } from "../../http/read-body.ts";
import { refuseParameters } from "../../http/refuse-parameters.ts";
import { issueShape } from "../../serializers/issue.ts";
import { editDiscussion, openIssue, setIssueState } from "../../world/discussions/issues.ts";
import { isCollaborator } from "../../world/discussions/reviews.ts";
import type { Issue, PullRequest } from "../../world/state/discussions.ts";
import type { Repository } from "../../world/state/repository.ts";

/** https://docs.github.com/en/rest/issues/issues */
export const issueRoutes = createRoutes()
  .get("/repos/:owner/:repo/issues", (c) => {
    const repository = openIssues(c, "read");
    refuseParameters(c, "type", "mentioned", "issue_field_values");
    const { state = "open", creator, assignee, labels, milestone } = c.req.query();
    const since = Date.parse(c.req.query("since") ?? "");
    const { sort = "created", direction = "desc" } = c.req.query();
    const key = { created: "createdAt", updated: "updatedAt" } as const;
    if (sort !== "created" && sort !== "updated") {
      throw new ApiError(501, `the simulator does not sort issues by ${sort}`);
    }
    const wanted = labels?.toLowerCase().split(",") ?? [];
    const found = [...repository.issues, ...repository.pulls]
      .filter((each) => state === "all" || each.state === state)
      .filter((each) => creator === undefined || isSame(each.author, creator))
      .filter((each) => wanted.every((label) => each.labels.some((worn) => isSame(worn, label))))
      .filter((each) => assignee === undefined || isAssigned(each, assignee))
      .filter((each) => milestone === undefined || isPlanned(each, milestone))
      .filter((each) => !(Date.parse(each.updatedAt) < since))
      .sort((a, b) => b[key[sort]].localeCompare(a[key[sort]]) || b.number - a.number);
    if (direction === "asc") found.reverse();
    const page = paginate(c, found);
    return c.json(page.map((each) => issueShape(c.var, repository, each)));
  })
  .post("/repos/:owner/:repo/issues", async (c) => {
    const { actor } = c.var;
    const repository = openIssues(c, "write");
    if (actor.kind === "anonymous") throw tokenRefusal(actor);
    const given = await readBody(c, newIssue, "Issue");
    if (given.title === "") {
      throw validationFailed({ resource: "Issue", field: "title", code: "missing_field" });
    }
    const issue = openIssue(c.var, repository, {
      title: given.title,
      body: assertLength(given.body ?? null),
      labels: given.labels,
      assignees: assignable(c, repository, given.assignees),
      milestone: knownMilestone(repository, given.milestone ?? null),
    });
    return c.json(issueShape(c.var, repository, issue), 201);
  })
  .get("/repos/:owner/:repo/issues/:number{\\d+}", (c) => {
    const repository = openIssues(c, "read");
    return c.json(issueShape(c.var, repository, discussionOf(c, repository)));
  })
  .patch("/repos/:owner/:repo/issues/:number{\\d+}", async (c) => {
    const repository = openIssues(c, "write");
    const issue = discussionOf(c, repository);
    if ("head" in issue) throw new ApiError(501, "the simulator changes pull requests at /pulls");
    assertMayEdit(c, repository, issue.author);
    const given = await readBody(c, issueChange, "Issue");
    editDiscussion(c.var, repository, issue, {
      title: given.title,
      body: given.body === undefined ? undefined : assertLength(given.body),
      labels: given.labels,
      assignees: given.assignees && assignable(c, repository, given.assignees),
      milestone:
        given.milestone === undefined ? undefined : knownMilestone(repository, given.milestone),
    });
    if (given.state !== undefined) {
      setIssueState(c.var, repository, issue, given.state, given.state_reason);
    }
    return c.json(issueShape(c.var, repository, issue));
  })
  // https://docs.github.com/en/rest/issues/assignees#add-assignees-to-an-issue
  .post("/repos/:owner/:repo/issues/:number{\\d+}/assignees", async (c) => {
    const repository = openRepository(c, "labels", "write");
    const item = discussionOf(c, repository);
    const { assignees } = await readBody(c, newAssignees, "Issue");
    // Those who cannot be assigned are left out without an error.
    const known = assignees.filter((login) => isCollaborator(c.var.world, repository, login));
    editDiscussion(c.var, repository, item, { assignees: [...item.assignees, ...known] });
    return c.json(issueShape(c.var, repository, item), 201);
  });

const newAssignees = z.object({ assignees: z.array(z.string()).default([]) });

function isSame(name: string, asked: string): boolean {
  return name.toLowerCase() === asked.toLowerCase();
}

/** `none` and `*` mean nobody and anybody. */
function isAssigned({ assignees }: Issue | PullRequest, wanted: string): boolean {
  if (wanted === "none") return assignees.length === 0;
  return wanted === "*" ? assignees.length > 0 : assignees.some((each) => isSame(each, wanted));
}

/** `none` and `*` as above; pull requests belong to no milestone here. */
function isPlanned(item: Issue | PullRequest, wanted: string): boolean {
  const milestone = "milestone" in item ? item.milestone : null;
  if (wanted === "none") return milestone === null;
  return wanted === "*" ? milestone !== null : milestone === Number(wanted);
}

/** https://github.com/trstringer/manual-approval/issues/127; those who may not push cannot assign anybody anyway. */
function assignable(c: ApiContext, repository: Repository, logins: string[]): string[] {
  if (logins.every((login) => isCollaborator(c.var.world, repository, login))) return logins;
  throw validationFailed({ resource: "Issue", field: "assignees", code: "invalid" });
}

function knownMilestone({ milestones }: Repository, number: number | null): number | null {
  if (number === null || milestones.some((each) => each.number === number)) return number;
  throw validationFailed({ resource: "Issue", field: "milestone", code: "invalid" });
}

const newIssue = z.object({
  title: z.string(),
  body: z.string().nullish(),
  labels: labelNames.default([]),
  assignees: z.array(z.string()).default([]),
  milestone: z.int().nullable().optional(),
});
const issueChange = z.object({
  title: z.string().min(1).optional(),
  body: z.string().nullable().optional(),
  labels: labelNames.optional(),
  assignees: z.array(z.string()).optional(),
  milestone: z.int().nullable().optional(),
  state: z.enum(["open", "closed"]).optional(),
  state_reason: z.enum(["completed", "not_planned", "duplicate", "reopened"]).nullish(),
});

function openIssues(c: ApiContext, level: "read" | "write"): Repository {
  const repository = openRepository(c, "issues", level);
  if (!repository.settings.has_issues) {
    throw new ApiError(410, "Issues has been disabled in this repository.");
  }
  return repository;
}

/** As GitHub's form says; the API answers the same. */
function assertLength(body: string | null): string | null {
  if (body === null || body.length <= 65_536) return body;
  const message = "body is too long (maximum is 65536 characters)";
  throw validationFailed({ resource: "Issue", field: "body", code: "custom", message });
}
