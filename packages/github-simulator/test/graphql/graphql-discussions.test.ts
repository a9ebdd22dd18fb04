import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { createClient } from "../support/client.ts";
import { startAcme } from "../support/start-acme.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startAcme();
});
afterAll(() => simulator.close());

describe("the queries of the gh command", () => {
  const ask = async (query: string, input?: object) =>
    (await createClient(simulator, "admin")("POST /graphql", { query, variables: { input } })).body;

  test("issues are opened, found among pull requests, and closed", async () => {
    const { data } = await ask(
      `{ repository(owner: "acme", name: "search") {
        id labels(first: 1, query: "bug") { nodes { id name } } issues { totalCount }
      } }`,
    );
    const { id: repositoryId, labels, issues } = data.repository;
    expect(issues).toEqual({ totalCount: 0 });
    const input = { repositoryId, title: "Broken", labelIds: [labels.nodes[0].id] };
    const opened = await ask(
      "mutation ($input: CreateIssueInput!) { createIssue(input: $input) { issue { id } } }",
      input,
    );
    const { id: issueId } = opened.data.createIssue.issue;
    // The same name for fields of two types; each object has only one of them.
    const found = await ask(
      `{ repository(owner: "acme", name: "search") { issueOrPullRequest(number: 1) {
        ... on Issue { state labels(first: 5) { nodes { name } } } ... on PullRequest { state }
      } } }`,
    );
    expect(found.data.repository.issueOrPullRequest).toEqual({
      state: "OPEN",
      labels: { nodes: [{ name: "bug" }] },
    });
    const closed = await ask(
      `mutation ($input: CloseIssueInput!) {
        closeIssue(input: $input) { issue { state stateReason closed } }
      }`,
      { issueId, stateReason: "NOT_PLANNED" },
    );
    expect(closed.data.closeIssue.issue).toEqual({
      state: "CLOSED",
      stateReason: "NOT_PLANNED",
      closed: true,
    });
    const admin = createClient(simulator, "admin");
    await admin("PATCH /repos/acme/search", { has_issues: false });
    const refused = await admin.attempt("POST /graphql", {
      query: "mutation ($input: CreateIssueInput!) { createIssue(input: $input) { issue { id } } }",
      variables: { input },
    });
    expect(refused.body.errors).toMatchObject([
      { type: "UNPROCESSABLE", message: "Issues has been disabled in this repository." },
    ]);
  });

  test("a pull request says whether it may be merged, and is", async () => {
    const admin = createClient(simulator, "admin");
    const { world } = simulator;
    const repo = world.repository("acme/billing");
    const main = `refs/heads/${repo.defaultBranch}`;
    const sha = repo.refs.get(main);
    await admin("POST /repos/acme/billing/git/refs", { ref: "refs/heads/gh", sha });
    simulator.byHand("acme-dev").editFiles("acme/billing", { "gh.txt": "gh\n" }, { branch: "gh" });
    await admin("POST /repos/acme/billing/pulls", {
      title: "gh",
      head: "gh",
      base: repo.defaultBranch,
    });
    const view = `{ repository(owner: "acme", name: "billing") { pullRequest(number: 1) {
      id mergeStateStatus reviewDecision additions changedFiles commits { totalCount }
    } } }`;
    const { id, ...facts } = (await ask(view)).data.repository.pullRequest;
    expect(facts).toEqual({
      mergeStateStatus: "CLEAN",
      reviewDecision: null,
      additions: 1,
      changedFiles: 1,
      commits: { totalCount: 1 },
    });
    const merge = (mergeMethod: string) =>
      ask(
        `mutation ($input: MergePullRequestInput!) {
          mergePullRequest(input: $input) { pullRequest { state mergedBy { login } } }
        }`,
        { pullRequestId: id, mergeMethod },
      );
    await admin("PATCH /repos/acme/billing", { allow_rebase_merge: false });
    await expect(merge("REBASE")).rejects.toThrow(
      "Rebase merges are not allowed on this repository.",
    );
    expect((await merge("SQUASH")).data.mergePullRequest.pullRequest).toEqual({
      state: "MERGED",
      mergedBy: { login: "acme-admin" },
    });
  });
});
