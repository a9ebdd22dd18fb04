import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { createClient, type Answer, type Client } from "../support/client.ts";
import { startAcme } from "../support/start-acme.ts";

let simulator: Simulator;
let admin: Client;
beforeAll(async () => {
  simulator = await startAcme();
  admin = createClient(simulator, "admin");
});
afterAll(() => simulator.close());

const ask = async (query: string, variables: object = {}) =>
  (await admin("POST /graphql", { query, variables })).body;

describe("gh release", () => {
  /** As in pkg/cmd/release/shared/upload.go of https://github.com/cli/cli: the file is the body. */
  const upload = async (address: string, name: string, content: string) => {
    const response = await fetch(`${address}?label=&name=${encodeURIComponent(name)}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${simulator.world.tokenValue("admin")}`,
        "content-type": "text/plain; charset=utf-8",
      },
      body: content,
    });
    const text = await response.text();
    return { status: response.status, body: JSON.parse(text) } as Pick<Answer, "status" | "body">;
  };

  test("upload, view, download and delete-asset", async () => {
    const { body: release } = await admin("POST /repos/acme/web/releases", { tag_name: "v1.0.0" });
    const address = release.upload_url.replace(/\{.*/, "");
    const { status, body: asset } = await upload(address, "sbom.json", "{}\n");
    expect(status).toBe(201);
    expect(asset).toMatchObject({
      name: "sbom.json",
      size: 3,
      state: "uploaded",
      content_type: "text/plain; charset=utf-8",
      browser_download_url: "https://github.com/acme/web/releases/download/v1.0.0/sbom.json",
    });
    expect((await upload(address, "sbom.json", "again")).body.errors).toEqual([
      { resource: "ReleaseAsset", field: "name", code: "already_exists" },
    ]);
    expect((await upload(address, "with space", "x")).status).toBe(501);
    const { body: viewed } = await admin("GET /repos/acme/web/releases/tags/v1.0.0");
    expect(viewed.assets).toEqual([asset]);
    const path = new URL(asset.url).pathname;
    const download = await admin(`GET ${path}`, undefined, { accept: "application/octet-stream" });
    expect(download.text).toBe("{}\n");
    expect((await admin(`GET ${path}`)).body.download_count).toBe(1);
    const renamed = await admin(`PATCH ${path}`, { name: "sbom.spdx.json", label: "SBOM" });
    expect(renamed.body).toMatchObject({ name: "sbom.spdx.json", label: "SBOM" });
    expect((await admin(`GET /repos/acme/web/releases/${release.id}/assets`)).body).toHaveLength(1);
    await admin.expecting(204, `DELETE ${path}`);
    await admin.expecting(404, `GET ${path}`);
  });
});

describe("gh repo create, gh ruleset list and gh ssh-key list", () => {
  test("a repository is created for gh, once", async () => {
    const { data } = await ask(`{ organization(login: "acme") { id } }`);
    // pkg/cmd/repo/create/http.go
    const create = (name: string, visibility: string) =>
      ask(
        `mutation RepositoryCreate($input: CreateRepositoryInput!) {
          createRepository(input: $input) { repository { id name owner { login } url } }
        }`,
        {
          input: {
            name,
            visibility,
            ownerId: data.organization.id,
            description: "Fresh",
            hasIssuesEnabled: true,
            hasWikiEnabled: false,
          },
        },
      );
    const created = await create("fresh", "PRIVATE");
    expect(created.data.createRepository.repository).toMatchObject({
      name: "fresh",
      owner: { login: "acme" },
      url: "https://github.com/acme/fresh",
    });
    const { body } = await admin("GET /repos/acme/fresh");
    expect(body).toMatchObject({ private: true, description: "Fresh", has_wiki: false });
    await expect(create("fresh", "PUBLIC")).rejects.toThrow("Name already exists on this account");
  });

  test("rulesets are listed, an organisation's before the repository's", async () => {
    await admin("POST /orgs/acme/rulesets", {
      name: "Everywhere",
      target: "branch",
      enforcement: "evaluate",
      conditions: {
        ref_name: { include: ["~ALL"], exclude: [] },
        repository_name: { include: ["w*"], exclude: [] },
      },
      rules: [{ type: "deletion" }, { type: "non_fast_forward" }],
    });
    await admin("POST /repos/acme/web/rulesets", {
      name: "Protect main",
      target: "branch",
      enforcement: "active",
      conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
      rules: [{ type: "deletion" }],
    });
    // pkg/cmd/ruleset/shared/http.go
    const { data, errors } = await ask(
      `query RepoRulesetList($limit: Int!, $endCursor: String, $includeParents: Boolean, $owner: String!, $repo: String!) {
        level: repository(owner: $owner, name: $repo) {
          rulesets(first: $limit, after: $endCursor, includeParents: $includeParents) {
            totalCount
            nodes {
              databaseId name target enforcement
              source { __typename ... on Repository { owner: nameWithOwner } ... on Organization { owner: login } }
              rules { totalCount }
            }
            pageInfo { hasNextPage endCursor }
          }
        }
      }`,
      { limit: 30, includeParents: true, owner: "acme", repo: "web" },
    );
    expect(errors).toBeUndefined();
    expect(data.level.rulesets.nodes).toEqual([
      {
        databaseId: expect.any(Number),
        name: "Everywhere",
        target: "BRANCH",
        enforcement: "EVALUATE",
        source: { __typename: "Organization", owner: "acme" },
        rules: { totalCount: 2 },
      },
      {
        databaseId: expect.any(Number),
        name: "Protect main",
        target: "BRANCH",
        enforcement: "ACTIVE",
        source: { __typename: "Repository", owner: "acme/web" },
        rules: { totalCount: 1 },
      },
    ]);
  });

  test("keys need a token with the scope", async () => {
    expect((await admin("GET /user/keys")).body).toEqual([]);
    const refused = await admin.expecting(404, "GET /user/gpg_keys");
    expect(refused.headers.get("x-accepted-oauth-scopes")).toContain("read:gpg_key");
  });
});
