import { createRequire } from "node:module";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { createApi } from "../../src/create-api.ts";
import { createFaults } from "../../src/http/faults.ts";
import { createBudget, gitHubLimits } from "../../src/http/rate-limits.ts";
import { createTestRegistry, ociClient } from "./oci-client.ts";
import { tinyImage } from "../../src/testing/tiny-image.ts";

const openapi = createRequire(import.meta.url)(
  "@octokit/openapi/generated/api.github.com.deref.json",
) as {
  paths: Record<
    string,
    { get: { responses: Record<string, { content: Record<string, { schema: object }> }> } }
  >;
};
const ajv = new Ajv({ strict: false });
addFormats.default(ajv);

/** Fails with the differences if `body` does not match GitHub's description of GET `path`. */
function expectSchema(path: string, body: unknown): void {
  const schema = openapi.paths[path]?.get.responses["200"]?.content["application/json"]?.schema;
  if (schema === undefined) throw new Error(`no description of ${path}`);
  const valid = ajv.compile(schema);
  valid(body);
  expect(valid.errors).toBeNull();
}

async function setup() {
  const { registry, world } = createTestRegistry();
  const job = ociClient(registry, world.job("app", "write"));
  const first = tinyImage("first");
  await job.push("acme/app", "1", first);
  await job.push("acme/app", "latest", first);
  await job.push("acme/app", "2", tinyImage("second"));
  await ociClient(registry, world.job("site", "write")).push("acme/site/web", "1");
  await ociClient(registry, world.pat("sam", "write:packages")).push("sam/own", "1");
  const url = "https://api.github.com";
  const api = createApi({
    world: world.github,
    url,
    isServer: false,
    budget: createBudget(world.github.clock, gitHubLimits),
    faults: createFaults(world.github).middleware,
    mounted: [registry.packagesApi],
    onRequest: () => undefined,
  });
  const request = async (token: string | undefined, path: string, method = "GET") => {
    const headers = {
      "user-agent": "test",
      ...(token !== undefined && { authorization: `token ${token}` }),
    };
    const response = await api.request(url + path, { method, headers });
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
  };
  return { registry, world, request, first };
}

const CONTAINERS = "/orgs/acme/packages?package_type=container";

describe("reading", () => {
  it("lists an organization's packages as described", async () => {
    const { world, request } = await setup();
    const owner = world.pat("olga", "read:packages");
    const { body } = await request(owner, CONTAINERS);
    expectSchema("/orgs/{org}/packages", body);
    expect(body).toMatchObject([
      {
        name: "app",
        visibility: "private",
        version_count: 2,
        repository: { full_name: "Acme/app" },
        created_at: "2026-05-04T10:00:00Z",
        html_url: "https://github.com/orgs/Acme/packages/container/package/app",
      },
      {
        name: "site/web",
        visibility: "public",
        url: "https://api.github.com/orgs/Acme/packages/container/site%2Fweb",
      },
    ]);
    const names = async (query: string) =>
      (await request(owner, `${CONTAINERS}&${query}`)).body.map(
        (one: { name: string }) => one.name,
      );
    expect(await names("visibility=public")).toEqual(["site/web"]);
    expect(await names("per_page=1&page=2")).toEqual(["site/web"]);
    expect((await request(owner, "/orgs/acme/packages?package_type=npm")).body).toEqual([]);
  });

  it("lists what the token's holder may read", async () => {
    const { world, request } = await setup();
    const list = async (token: string) =>
      (await request(token, CONTAINERS)).body.map((one: { name: string }) => one.name);
    expect(await list(world.pat("sam", "read:packages"))).toEqual(["site/web"]);
    expect(await list(world.job("app", "read"))).toEqual(["app", "site/web"]);
    expect(await list(world.job("site", "read"))).toEqual(["site/web"]);
  });

  it("returns a package and its versions, with tags", async () => {
    const { world, request, first } = await setup();
    const token = world.pat("mina", "read:packages");
    const one = await request(token, "/orgs/acme/packages/container/app");
    expectSchema("/orgs/{org}/packages/{package_type}/{package_name}", one.body);
    const nested = await request(token, "/orgs/acme/packages/container/site%2Fweb");
    expect(nested.body.name).toBe("site/web");
    const path = "/orgs/{org}/packages/{package_type}/{package_name}/versions";
    const versions = await request(token, "/orgs/acme/packages/container/app/versions");
    expectSchema(path, versions.body);
    expect(versions.body[1]).toMatchObject({
      name: first.digest,
      metadata: { package_type: "container", container: { tags: ["1", "latest"] } },
    });
    const version = await request(token, new URL(versions.body[1].url).pathname);
    expectSchema(`${path}/{package_version_id}`, version.body);
    expect(version.body).toEqual(versions.body[1]);
  });

  it("serves users and the token's own account the same way", async () => {
    const { world, request } = await setup();
    const token = world.pat("sam", "read:packages");
    const own = await request(token, "/user/packages?package_type=container");
    expectSchema("/user/packages", own.body);
    expect(await request(token, "/users/sam/packages?package_type=container")).toEqual(own);
    const one = await request(token, "/users/sam/packages/container/own");
    expectSchema("/users/{username}/packages/{package_type}/{package_name}", one.body);
    expect(await request(token, "/user/packages/container/own")).toEqual(one);
    expect((await request(token, "/orgs/sam/packages?package_type=container")).status).toBe(404);
  });
});

describe("refusing", () => {
  it.each<
    [
      string,
      (world: Awaited<ReturnType<typeof setup>>["world"]) => string | undefined,
      number,
      string,
    ]
  >([
    ["nobody", () => undefined, 401, "Requires authentication"],
    ["an unknown token", () => "nonsense", 401, "Bad credentials"],
    [
      "a token without the scope",
      (world) => world.pat("olga", "repo"),
      403,
      "You need at least read:packages scope to list packages.",
    ],
    [
      "a fine-grained token",
      (world) => world.finegrained("olga"),
      403,
      "You need at least read:packages scope to list packages.",
    ],
    ["an App", (world) => world.appToken(), 403, "Resource not accessible by integration"],
    [
      "a job without packages",
      (world) => world.job("app", "none"),
      403,
      "Resource not accessible by integration",
    ],
  ])("%s", async (_who, token, status, message) => {
    const { world, request } = await setup();
    const answer = await request(token(world), CONTAINERS);
    expect([answer.status, answer.body.message]).toEqual([status, message]);
  });

  it("hides a package that the caller cannot read", async () => {
    const { world, request } = await setup();
    const sam = world.pat("sam", "read:packages");
    for (const name of ["app", "none"]) {
      const answer = await request(sam, `/orgs/acme/packages/container/${name}`);
      expect([answer.status, answer.body.message]).toEqual([404, "Package not found."]);
    }
  });

  it("requires a package type", async () => {
    const { world, request } = await setup();
    const answer = await request(world.pat("olga", "read:packages"), "/orgs/acme/packages");
    expect([answer.status, answer.body.message]).toEqual([400, "Invalid argument."]);
  });

  it.each(["PATCH", "PUT", "POST"])(
    "%s: nothing changes visibility, links or grants",
    async (method) => {
      const { world, request } = await setup();
      const token = world.pat("olga", "write:packages", "delete:packages");
      for (const suffix of ["", "/visibility", "/repository", "/actions_access"]) {
        const path = `/orgs/acme/packages/container/app${suffix}`;
        expect(await request(token, path, method)).toMatchObject({
          status: 404,
          body: { message: "Not Found" },
        });
      }
    },
  );
});

describe("deleting and restoring", () => {
  const APP = "/orgs/acme/packages/container/app";

  it("requires the scope and admin access, within 30 days", async () => {
    const { world, request } = await setup();
    const reader = world.pat("mina", "read:packages");
    const admin = world.pat("olga", "read:packages", "delete:packages", "write:packages");
    expect((await request(world.pat("olga", "write:packages"), APP, "DELETE")).body.message).toBe(
      "You need at least read:packages and delete:packages scopes to delete a package.",
    );
    expect((await request(admin, APP, "DELETE")).status).toBe(204);
    expect((await request(reader, APP)).status).toBe(404);
    expect((await request(admin, `${APP}/restore`, "POST")).status).toBe(204);
    expect((await request(reader, APP)).status).toBe(200);
    await request(admin, APP, "DELETE");
    world.advance(31);
    expect((await request(admin, `${APP}/restore`, "POST")).status).toBe(404);
  });

  it("works on versions, but never on the last one", async () => {
    const { world, request } = await setup();
    const admin = world.pat("olga", "delete:packages", "write:packages");
    const { body } = await request(admin, `${APP}/versions`);
    const [second, first] = body as { id: number }[];
    expect((await request(admin, `${APP}/versions/${first?.id}`, "DELETE")).status).toBe(204);
    expect((await request(admin, `${APP}/versions/${second?.id}`, "DELETE")).status).toBe(400);
    const deleted = await request(admin, `${APP}/versions?state=deleted`);
    expect(deleted.body).toMatchObject([{ id: first?.id, metadata: { container: { tags: [] } } }]);
    const restore = `${APP}/versions/${first?.id}/restore`;
    expect((await request(admin, restore, "POST")).status).toBe(204);
    expect((await request(admin, `${APP}/versions`)).body).toHaveLength(2);
  });

  it("is not for people who may only write, nor for jobs of other repositories", async () => {
    const { world, request } = await setup();
    const mina = world.pat("mina", "write:packages", "delete:packages");
    const denied = await request(mina, APP, "DELETE");
    expect([denied.status, denied.body.message]).toEqual([
      403,
      "You need admin access to the package.",
    ]);
    expect((await request(world.job("site", "write"), APP, "DELETE")).status).toBe(404);
    expect((await request(world.job("app", "read"), APP, "DELETE")).status).toBe(403);
    expect((await request(world.job("app", "write"), APP, "DELETE")).status).toBe(204);
  });
});
