import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { createClient } from "../support/client.ts";
import { startAcme } from "../support/start-acme.ts";

let simulator: Simulator;
const ask = async (query: string, variables: object = {}) =>
  (await createClient(simulator, "admin")("POST /graphql", { query, variables })).body;

beforeAll(async () => {
  simulator = await startAcme();
  const { world } = simulator;
  const admin = createClient(simulator, "admin");
  const post = (repo: string, title: string, more: object = {}) =>
    admin(`POST /repos/acme/${repo}/issues`, { title, ...more });
  await post("web", "Cart is slow", { labels: ["bug"], assignees: ["acme-dev"] });
  await post("web", "Cart is ugly", { labels: ["help wanted"], body: "says @acme-dev" });
  await post("api", "Orders are lost", { labels: ["bug", "help wanted"] });
  await admin("PATCH /repos/acme/api/issues/1", { state: "closed" });
  const sha = world.repository("acme/web").refs.get("refs/heads/main");
  await admin("POST /repos/acme/web/git/refs", { ref: "refs/heads/gh", sha });
  simulator.byHand("acme-dev").editFiles("acme/web", { "gh.txt": "gh\n" }, { branch: "gh" });
  await admin("POST /repos/acme/web/pulls", { title: "Quick cart", head: "gh", base: "main" });
});
afterAll(() => simulator.close());

describe("search with the gh command", () => {
  const find = async (phrase: string) => {
    const { data } = await ask(
      // pkg/cmd/pr/list/http.go and pkg/cmd/issue/list/http.go of https://github.com/cli/cli
      `fragment pr on PullRequest { number title }
       query PullRequestSearch($q: String!, $limit: Int!, $endCursor: String) {
        search(query: $q, type: ISSUE, first: $limit, after: $endCursor) {
          issueCount nodes { ...pr ...on Issue { number title } } pageInfo { hasNextPage endCursor }
        }
      }`,
      { q: phrase, limit: 30 },
    );
    return data.search.nodes.map(({ title }: { title: string }) => title);
  };

  test("gh pr list --search, --label and --author", async () => {
    expect(await find("cart repo:acme/web state:open type:pr")).toEqual(["Quick cart"]);
    expect(await find("label:bug repo:acme/web state:open type:pr")).toEqual([]);
    expect(await find("author:@me base:main head:gh repo:acme/web type:pr")).toEqual([
      "Quick cart",
    ]);
    expect(await find("draft:true repo:acme/web type:pr")).toEqual([]);
    expect(await find("is:merged repo:acme/web type:pr")).toEqual([]);
    expect(await find("review:required repo:acme/web")).toEqual([]);
  });

  test("gh issue list --search, --label and --mention", async () => {
    expect(await find('label:"help wanted" repo:acme/web state:open type:issue')).toEqual([
      "Cart is ugly",
    ]);
    expect(await find("mentions:acme-dev repo:acme/web type:issue")).toEqual(["Cart is ugly"]);
    expect(await find("sort:created-asc cart type:issue")).toEqual([
      "Cart is slow",
      "Cart is ugly",
    ]);
    expect(await find("no:assignee type:issue repo:acme/web")).toEqual(["Cart is ugly"]);
    expect(await find("label:bug -repo:acme/web is:closed")).toEqual(["Orders are lost"]);
    expect(await find("created:>=2020-01-01 created:<2021-01-01")).toEqual([]);
    expect(await find("label:bug,question repo:acme/web repo:acme/api")).toHaveLength(2);
  });

  test("gh pr status and gh status run several searches at once", async () => {
    const { data } = await ask(
      `query PullRequestStatus($viewerQuery: String!, $reviewerQuery: String!, $per_page: Int = 10) {
        viewerCreated: search(query: $viewerQuery, type: ISSUE, first: $per_page) {
          totalCount: issueCount edges { node { ...on PullRequest { number } } }
        }
        reviewRequested: search(query: $reviewerQuery, type: ISSUE, first: $per_page) {
          totalCount: issueCount edges { node { ...on PullRequest { number } } }
        }
      }`,
      {
        viewerQuery: "repo:acme/web state:open is:pr author:acme-admin",
        reviewerQuery: "review-requested:@me state:open archived:false org:acme",
      },
    );
    expect(data).toEqual({
      viewerCreated: { totalCount: 1, edges: [{ node: { number: 3 } }] },
      reviewRequested: { totalCount: 0, edges: [] },
    });
  });

  test("gh repo list --topic", async () => {
    const { data } = await ask(
      `query RepositoryListSearch($query: String!, $perPage: Int!, $endCursor: String) {
        search(type: REPOSITORY, query: $query, first: $perPage, after: $endCursor) {
          repositoryCount nodes { ...on Repository { name } } pageInfo { hasNextPage, endCursor }
        }
      }`,
      { query: "sort:updated-desc archived:false fork:true topic:data user:acme", perPage: 30 },
    );
    expect(data.search.nodes).toEqual([{ name: "recommender" }]);
    expect(data.search.repositoryCount).toBe(1);
  });

  test("unsupported terms are refused, never ignored", async () => {
    const refused = (text: string) => `the simulator does not implement ${text} in a search`;
    for (const text of ["milestone:one", "status:success", "linked:pr", "in:title", "-cart"]) {
      await expect(find(`${text} repo:acme/web`)).rejects.toThrow(refused(text));
    }
    await expect(find("is:strange")).rejects.toThrow(refused("is:strange"));
    await expect(find("created:yesterday")).rejects.toThrow(refused("created:yesterday"));
    await expect(find("cart OR orders")).rejects.toThrow(refused("OR"));
    await expect(find("sort:comments")).rejects.toThrow(refused("sort:comments"));
    await expect(find(" ")).rejects.toThrow(
      "the simulator does not implement a search without words",
    );
  });

  test("gh search issues and gh search prs, over REST", async () => {
    const admin = createClient(simulator, "admin");
    const { body } = await admin("GET /search/issues?per_page=30&q=cart+type%3Apr+user%3Aacme");
    expect(body).toMatchObject({ total_count: 1, items: [{ title: "Quick cart" }] });
    const sorted = "GET /search/issues?sort=created&order=asc&q=cart+type%3Aissue";
    const titles = (await admin(sorted)).body.items.map(({ title }: { title: string }) => title);
    expect(titles).toEqual(["Cart is slow", "Cart is ugly"]);
    await admin.expecting(501, "GET /search/issues?q=linked%3Apr");
    await admin.expecting(422, "GET /search/issues?q=");
  });

  test("those who may not see a repository find nothing in it", async () => {
    const publisher = createClient(simulator, "publisher");
    const { body } = await publisher("GET /search/issues?q=orders");
    expect(body.total_count).toBe(0);
  });
});
