import { expect, test } from "vitest";
import { findPullRequest } from "../../../src/operations/preview/find-pull-request.ts";

const run = {
  GITHUB_REPOSITORY: "acme/fleet",
  GITHUB_REF: "refs/pull/12/merge",
  GITHUB_API_URL: "https://github.example.com/api/v3",
  GHCR_FLEET_COMMENT_TOKEN: "a token",
};

test("the variables of a workflow run lead to the pull request", () => {
  expect(findPullRequest(run)).toEqual({
    owner: "acme",
    repository: "fleet",
    number: 12,
    commit: undefined,
    baseUrl: "https://github.example.com/api/v3",
    token: "a token",
  });
});

test("what is missing is listed at once, each with its fix", () => {
  expect(() =>
    findPullRequest({
      ...run,
      GITHUB_REPOSITORY: undefined,
      GITHUB_REF: "refs/heads/main",
      GHCR_FLEET_COMMENT_TOKEN: undefined,
    }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [UserError: there is no pull request to comment on:
      GITHUB_REPOSITORY: set it to <owner>/<name> of the stack's own repository
      GITHUB_REF: it must be refs/pull/<number>/merge, as in runs of a pull request
      GHCR_FLEET_COMMENT_TOKEN: set it to a token that may write pull requests, in a workflow to \${{ github.token }}]
  `);
});
