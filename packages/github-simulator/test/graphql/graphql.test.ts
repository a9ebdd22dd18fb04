import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { noRule } from "../../src/world/repositories/branch-rules.ts";
import { base64, createClient } from "../support/client.ts";
import { startAcme } from "../support/start-acme.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startAcme();
});
afterAll(() => simulator.close());

async function ask(query: string, variables: object = {}, token = "admin") {
  return (await createClient(simulator, token)("POST /graphql", { query, variables })).body;
}

/** The data next to errors, and the errors. */
async function askRefused(query: string, variables: object = {}, token = "admin") {
  const client = createClient(simulator, token);
  const { body } = await client.expecting(200, "POST /graphql", { query, variables });
  expect(body.errors).not.toBeUndefined();
  return body;
}

const head = (name: string, branch = "main") =>
  simulator.world.repository(name).refs.get(`refs/heads/${branch}`) ?? "";

describe("queries", () => {
  test("page through repositories with cursors", async () => {
    const names: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await ask(
        `query ($after: String) { organization(login: "acme") {
           repositories(first: 5, after: $after, orderBy: { field: NAME, direction: ASC }) {
             totalCount pageInfo { hasNextPage endCursor } nodes { name isArchived isEmpty }
           } } }`,
        { after },
      );
      const { nodes, pageInfo, totalCount } = data.organization.repositories;
      expect(totalCount).toBe(14);
      names.push(...nodes.map(({ name }: { name: string }) => name));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(names).toEqual([...names].sort());
    expect(names).toHaveLength(14);
  });

  test("read files, trees and commits at an expression", async () => {
    const { data } = await ask(`{ repository(owner: "acme", name: "search") {
      defaultBranchRef { name prefix target { oid ... on Commit { history(first: 1) { totalCount } } } }
      file: object(expression: "HEAD:Dockerfile") { ... on Blob { byteSize isBinary isTruncated text oid } }
      folder: object(expression: "develop:src") { ... on Tree { entries { name type mode } } }
      missing: object(expression: "HEAD:nope") { oid }
    } }`);
    const { repository } = data;
    expect(repository.defaultBranchRef).toMatchObject({
      name: "develop",
      prefix: "refs/heads/",
      target: { oid: head("acme/search", "develop"), history: { totalCount: 1 } },
    });
    expect(repository.file.text).toContain("FROM rust");
    expect(repository.file.byteSize).toBe(Buffer.byteLength(repository.file.text));
    expect(repository.folder.entries).toEqual([{ name: "main.rs", type: "blob", mode: 0o100644 }]);
    expect(repository.missing).toBeNull();
  });

  test("return what gh needs about a repository before it starts a workflow", async () => {
    const { data } = await ask(`{ repository(owner: "acme", name: "web") {
      id name owner { login } hasIssuesEnabled hasWikiEnabled hasProjectsEnabled description
      viewerPermission defaultBranchRef { name } parent { id }
    } }`);
    expect(data.repository).toMatchObject({
      name: "web",
      hasWikiEnabled: expect.any(Boolean),
      hasProjectsEnabled: expect.any(Boolean),
      viewerPermission: "ADMIN",
      defaultBranchRef: { name: "main" },
    });
  });

  test("ids can be decoded", async () => {
    const first = await ask(`{ repository(owner: "acme", name: "web") { id databaseId } }`);
    const { data } = await ask(
      `query ($id: ID!) { node(id: $id) { __typename ... on Repository { nameWithOwner databaseId } } }`,
      { id: first.data.repository.id },
    );
    expect(data.node).toEqual({
      __typename: "Repository",
      nameWithOwner: "acme/web",
      databaseId: first.data.repository.databaseId,
    });
  });

  test("a missing repository is an error next to the other answers", async () => {
    expect(
      await askRefused(`{ a: repository(owner: "acme", name: "web") { name }
                   b: repository(owner: "acme", name: "nope") { name } }`),
    ).toMatchObject({
      data: { a: { name: "web" }, b: null },
      errors: [
        {
          type: "NOT_FOUND",
          path: ["b"],
          message: "Could not resolve to a Repository with the name 'acme/nope'.",
        },
      ],
    });
  });

  test("private repositories are missing for those who may not see them", async () => {
    const { data } = await askRefused(
      `{ repository(owner: "acme", name: "api") { name } }`,
      {},
      "publisher",
    );
    expect(data.repository).toBeNull();
  });

  test("a field that is not simulated is named in the error", async () => {
    const { errors } = await askRefused(
      `{ repository(owner: "acme", name: "web") { discussions(first: 1) { totalCount } } }`,
    );
    expect(errors[0].message).toBe("the simulator does not implement Repository.discussions");
  });

  test("a query outside GitHub's schema, and one without bounds, are refused", async () => {
    const unknown = await askRefused(`{ repository(owner: "acme", name: "web") { secrets } }`);
    expect(unknown.data).toBeUndefined();
    expect(unknown.errors[0].message).toBe("Field 'secrets' doesn't exist on type 'Repository'");
    const unbounded = await askRefused(
      `{ organization(login: "acme") { repositories { nodes { name } } } }`,
    );
    expect(unbounded.errors[0].type).toBe("MISSING_PAGINATION_BOUNDARIES");
    const wide = await askRefused(
      `{ organization(login: "acme") { repositories(first: 101) { totalCount } } }`,
    );
    expect(wide.errors[0].type).toBe("EXCESSIVE_PAGINATION");
  });
});

describe("createCommitOnBranch", () => {
  const mutation = `mutation ($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) {
    commit { oid message signature { isValid wasSignedByGitHub } parents(first: 5) { nodes { oid } } }
    ref { name target { oid } } } }`;

  const commit = (
    repository: string,
    expectedHeadOid: string,
    additions: Record<string, string>,
    deletions: string[] = [],
    token = "admin",
    branchName = "main",
    send = ask,
  ) =>
    send(
      mutation,
      {
        input: {
          branch: { repositoryNameWithOwner: repository, branchName },
          expectedHeadOid,
          message: { headline: "Change files", body: "Because." },
          fileChanges: {
            additions: Object.entries(additions).map(([path, text]) => ({
              path,
              contents: base64(text),
            })),
            deletions: deletions.map((path) => ({ path })),
          },
        },
      },
      token,
    );

  test("writes and deletes files in one signed commit", async () => {
    const before = head("acme/edge-proxy");
    const { data } = await commit(
      "acme/edge-proxy",
      before,
      { ".github/workflows/ci.yml": "on: push\n", "docs/a.md": "a\n" },
      ["main.go"],
    );
    const made = data.createCommitOnBranch;
    expect(made.commit).toEqual({
      oid: head("acme/edge-proxy"),
      message: "Change files\n\nBecause.",
      signature: { isValid: true, wasSignedByGitHub: true },
      parents: { nodes: [{ oid: before }] },
    });
    expect(made.ref).toEqual({ name: "main", target: { oid: made.commit.oid } });
    const { world } = simulator;
    const repository = world.repository("acme/edge-proxy");
    expect(world.readFile(repository, "main", "docs/a.md")?.toString()).toBe("a\n");
    expect(world.readFile(repository, "main", "main.go")).toBeUndefined();
    const rest = await createClient(simulator, "admin")("GET /repos/acme/edge-proxy/commits/main");
    expect(rest.body.commit.verification.verified).toBe(true);
  });

  test("refuses when somebody pushed in between", async () => {
    const seen = head("acme/gateway");
    simulator.byHand("acme-dev").editFiles("acme/gateway", { "README.md": "# New\n" });
    const moved = head("acme/gateway");
    const { data, errors } = await commit(
      "acme/gateway",
      seen,
      { a: "a" },
      [],
      "admin",
      "main",
      askRefused,
    );
    expect(data.createCommitOnBranch).toBeNull();
    expect(errors[0]).toMatchObject({
      type: "STALE_DATA",
      path: ["createCommitOnBranch"],
      message: `Expected branch to point to "${seen}" but it did not. Pull and try again.`,
    });
    expect(head("acme/gateway")).toBe(moved);
  });

  test("lets one of two concurrent commits win", async () => {
    const seen = head("acme/web");
    const answers = await Promise.allSettled([
      commit("acme/web", seen, { a: "a" }),
      commit("acme/web", seen, { b: "b" }),
    ]);
    const refused = answers.filter(({ status }) => status === "rejected");
    expect(refused).toMatchObject([
      { reason: { message: expect.stringContaining("STALE_DATA") as string } },
    ]);
  });

  test("refuses workflow files without the workflow scope, and archived repositories", async () => {
    const refused = await commit(
      "acme/web",
      head("acme/web"),
      { ".github/workflows/ci.yml": "on: push\n" },
      [],
      "too-wide",
      "main",
      askRefused,
    );
    expect(refused.errors[0]).toMatchObject({
      type: "FORBIDDEN",
      message:
        "refusing to allow a Personal Access Token to create or update workflow `.github/workflows/ci.yml` without `workflow` scope",
    });
    const archived = await commit(
      "acme/legacy-reports",
      head("acme/legacy-reports"),
      { a: "a" },
      [],
      "admin",
      "main",
      askRefused,
    );
    expect(archived.errors[0].message).toBe("Repository was archived so is read-only.");
  });

  test("follows the rules of the branch, which a pull request satisfies", async () => {
    const repository = simulator.world.repository("acme/mailer");
    repository.rules.push({
      ...noRule,
      source: "ruleset",
      id: 1,
      pattern: "~DEFAULT_BRANCH",
      requirePullRequest: true,
      blockDeletion: true,
      blockForcePush: true,
    });
    const { errors } = await commit(
      "acme/mailer",
      head("acme/mailer"),
      { a: "a" },
      [],
      "admin",
      "main",
      askRefused,
    );
    expect(errors[0].message).toContain("Changes must be made through a pull request.");
    const { data } = await ask(`{ repository(owner: "acme", name: "mailer") { id } }`);
    const repositoryId = data.repository.id;
    await ask(`mutation ($input: CreateRefInput!) { createRef(input: $input) { ref { id } } }`, {
      input: { repositoryId, name: "refs/heads/topic", oid: head("acme/mailer") },
    });
    await commit("acme/mailer", head("acme/mailer", "topic"), { a: "a" }, [], "admin", "topic");
    const opened = await ask(
      `mutation ($input: CreatePullRequestInput!) { createPullRequest(input: $input) {
         pullRequest { number state mergeable headRefName } } }`,
      { input: { repositoryId, baseRefName: "main", headRefName: "topic", title: "Topic" } },
    );
    expect(opened.data.createPullRequest.pullRequest).toEqual({
      number: 1,
      state: "OPEN",
      mergeable: "MERGEABLE",
      headRefName: "topic",
    });
    const admin = createClient(simulator, "admin");
    const rules = await admin("GET /repos/acme/mailer/rules/branches/main");
    expect(rules.body.map(({ type }: { type: string }) => type)).toEqual([
      "deletion",
      "non_fast_forward",
      "pull_request",
    ]);
    await admin.expecting(200, "PUT /repos/acme/mailer/pulls/1/merge", {});
    const file = simulator.world.readFile(repository, "main", "a");
    expect(file?.toString()).toBe("a");
  });
});
