import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { createClient } from "../support/client.ts";
import { mintClassic } from "../support/mint-classic.ts";
import { startAcme } from "../support/start-acme.ts";

let simulator: Simulator;
let developer = "";
const ask = async (query: string, variables: object = {}, who = "admin") =>
  (await createClient(simulator, who)("POST /graphql", { query, variables })).body;

/** A mutation as in api/queries_pr.go and other files of https://github.com/cli/cli. */
const mutate = async (name: string, type: string, fields: string, input: object, who = "admin") => {
  const query = `mutation Gh($input: ${type}!) { ${name}(input: $input) { ${fields} } }`;
  return (await ask(query, { input }, who)).data[name];
};
const view = async (fields: string) => {
  const query = `{ repository(owner: "acme", name: "web") { pullRequest(number: 1) { ${fields} } } }`;
  return (await ask(query)).data.repository.pullRequest;
};
const idOfPull = async () => (await view("id")).id as string;

beforeAll(async () => {
  simulator = await startAcme();
  const { world } = simulator;
  mintClassic(simulator, "dev", "acme-dev", ["repo"]);
  developer = (await ask(`{ user(login: "acme-dev") { id } }`)).data.user.id;
  const admin = createClient(simulator, "admin");
  const sha = world.repository("acme/web").refs.get("refs/heads/main");
  await admin("POST /repos/acme/web/git/refs", { ref: "refs/heads/gh", sha });
  simulator.byHand("acme-dev").editFiles("acme/web", { "gh.txt": "gh\n" }, { branch: "gh" });
  await admin("POST /repos/acme/web/pulls", { title: "gh", head: "gh", base: "main" });
});
afterAll(() => simulator.close());

describe("pull requests with the gh command", () => {
  test("gh pr create sets labels, people and reviewers with more mutations", async () => {
    const pullRequestId = await idOfPull();
    const { data } = await ask(
      `{ repository(owner: "acme", name: "web") { label(name: "bug") { id } } }`,
    );
    const input = {
      pullRequestId,
      assigneeIds: [developer],
      labelIds: [data.repository.label.id],
    };
    await mutate("updatePullRequest", "UpdatePullRequestInput", "clientMutationId", input);
    const reviewers = { pullRequestId, userIds: [developer], union: true };
    await mutate("requestReviews", "RequestReviewsInput", "clientMutationId", reviewers);
    const facts = await view(`assignees(first: 100) { nodes { login } }
      labels(first: 100) { nodes { name } }
      reviewRequests(first: 100) { nodes { requestedReviewer { __typename, ...on User { login } } } }`);
    expect(facts).toEqual({
      assignees: { nodes: [{ login: "acme-dev" }] },
      labels: { nodes: [{ name: "bug" }] },
      reviewRequests: { nodes: [{ requestedReviewer: { __typename: "User", login: "acme-dev" } }] },
    });
    const admin = createClient(simulator, "admin");
    const { body } = await admin("GET /repos/acme/web/pulls/1");
    expect(body.assignee.login).toBe("acme-dev");
    expect(body.requested_reviewers[0].login).toBe("acme-dev");
  });

  test("gh pr edit changes title, labels and base, and refuses what is not stored", async () => {
    const pullRequestId = await idOfPull();
    const edit = (input: object) =>
      mutate("updatePullRequest", "UpdatePullRequestInput", "__typename", {
        pullRequestId,
        ...input,
      });
    expect(await edit({ title: "Renamed", body: "Why" })).toEqual({
      __typename: "UpdatePullRequestPayload",
    });
    await expect(edit({ milestoneId: "MI_1" })).rejects.toThrow(
      "the simulator does not implement input.milestoneId",
    );
    await expect(edit({ baseRefName: "nowhere" })).rejects.toThrow("Base does not exist");
    const { data } = await ask(
      `{ repository(owner: "acme", name: "web") { bug: label(name: "bug") { id } q: label(name: "question") { id } } }`,
    );
    const { bug, q } = data.repository;
    const labelableId = pullRequestId;
    await mutate("addLabelsToLabelable", "AddLabelsToLabelableInput", "__typename", {
      labelableId,
      labelIds: [q.id],
    });
    await mutate("removeLabelsFromLabelable", "RemoveLabelsFromLabelableInput", "__typename", {
      labelableId,
      labelIds: [bug.id],
    });
    expect(await view("title body labels(first: 9) { nodes { name } }")).toEqual({
      title: "Renamed",
      body: "Why",
      labels: { nodes: [{ name: "question" }] },
    });
  });

  test("gh pr comment prints the comment's address", async () => {
    const input = { subjectId: await idOfPull(), body: "hello" };
    const fields = "commentEdge { node { url } }";
    const { commentEdge } = await mutate("addComment", "AddCommentInput", fields, input);
    expect(commentEdge.node.url).toMatch(
      /^https:\/\/github\.com\/acme\/web\/pull\/1#issuecomment-\d+$/,
    );
    const { comments } = await view(`comments(first: 100) { nodes {
      id, author { login, ...on User { id, name } }, authorAssociation, body, createdAt,
      includesCreatedEdit, isMinimized, minimizedReason,
      reactionGroups { content, users { totalCount } }, url, viewerDidAuthor
    }, totalCount }`);
    expect(comments).toMatchObject({
      totalCount: 1,
      nodes: [{ body: "hello", authorAssociation: "MEMBER", viewerDidAuthor: true }],
    });
    const id = comments.nodes[0].id;
    const change = { id, body: "hello again" };
    const update = (who: string) =>
      mutate("updateIssueComment", "UpdateIssueCommentInput", "issueComment { body }", change, who);
    expect(await update("admin")).toEqual({ issueComment: { body: "hello again" } });
    await expect(
      mutate("addComment", "AddCommentInput", fields, { ...input, body: " " }),
    ).rejects.toThrow("Body cannot be blank");
  });

  test("gh pr review decides whether a rule lets the pull request be merged", async () => {
    await createClient(simulator, "admin")("PUT /repos/acme/web/branches/main/protection", {
      required_status_checks: null,
      enforce_admins: true,
      required_pull_request_reviews: { required_approving_review_count: 1 },
      restrictions: null,
    });
    const pullRequestId = await idOfPull();
    const review = (event: string, body: string, who: string) =>
      mutate(
        "addPullRequestReview",
        "AddPullRequestReviewInput",
        "clientMutationId",
        { pullRequestId, event, body },
        who,
      );
    const state = () => view("reviewDecision mergeStateStatus");
    expect(await state()).toEqual({
      reviewDecision: "REVIEW_REQUIRED",
      mergeStateStatus: "BLOCKED",
    });
    await expect(review("APPROVE", "", "admin")).rejects.toThrow(
      "Review Can not approve your own pull request",
    );
    await review("REQUEST_CHANGES", "not yet", "dev");
    expect(await state()).toEqual({
      reviewDecision: "CHANGES_REQUESTED",
      mergeStateStatus: "BLOCKED",
    });
    await review("APPROVE", "", "dev");
    await review("COMMENT", "well done", "dev");
    expect(await state()).toEqual({ reviewDecision: "APPROVED", mergeStateStatus: "CLEAN" });
    const { reviews, latestReviews, reviewRequests } = await view(`
      reviews(first: 100) { nodes { id, author { login }, authorAssociation, submittedAt, body,
        state, commit { oid }, reactionGroups { content, users { totalCount } } } totalCount }
      latestReviews(first: 100) { nodes { author { login }, state } }
      reviewRequests(first: 100) { totalCount }`);
    expect(reviews.nodes.map((each: { state: string }) => each.state)).toEqual([
      "CHANGES_REQUESTED",
      "APPROVED",
      "COMMENTED",
    ]);
    expect(latestReviews.nodes).toEqual([{ author: { login: "acme-dev" }, state: "COMMENTED" }]);
    expect(reviewRequests.totalCount).toBe(0);
  });

  test("gh pr ready, close and reopen", async () => {
    const input = { pullRequestId: await idOfPull() };
    const act = (name: string) =>
      mutate(name, `${name[0]?.toUpperCase()}${name.slice(1)}Input`, "pullRequest { id }", input);
    await act("convertPullRequestToDraft");
    expect(await view("isDraft")).toEqual({ isDraft: true });
    await act("markPullRequestReadyForReview");
    await act("closePullRequest");
    expect(await view("isDraft state")).toEqual({ isDraft: false, state: "CLOSED" });
    await act("reopenPullRequest");
    expect(await view("state closedAt")).toEqual({ state: "OPEN", closedAt: null });
    await act("closePullRequest");
    await createClient(simulator, "admin")("DELETE /repos/acme/web/git/refs/heads/gh");
    await expect(act("reopenPullRequest")).rejects.toThrow("state cannot be changed");
  });

  test("gh pr view --json files,commits", async () => {
    const facts = await view(`files(first: 100) { nodes { additions, deletions, path } }
      commits(first: 100) { nodes { commit {
        authors(first: 100) { nodes { name, email, user { id, login } } }, messageHeadline, oid
      } } }`);
    expect(facts.files.nodes).toEqual([{ additions: 1, deletions: 0, path: "gh.txt" }]);
    expect(facts.commits.nodes[0].commit.authors.nodes).toMatchObject([
      { user: { login: "acme-dev" } },
    ]);
  });
});

test("gh issue edit changes people and titles", async () => {
  const admin = createClient(simulator, "admin");
  const { node_id: id } = (await admin("POST /repos/acme/web/issues", { title: "One" })).body;
  const input = { id, title: "Two", assigneeIds: [developer] };
  await mutate("updateIssue", "UpdateIssueInput", "__typename", input);
  const { body } = await admin("GET /repos/acme/web/issues?assignee=acme-dev");
  expect(body.map(({ title }: { title: string }) => title)).toEqual(["Two"]);
});
