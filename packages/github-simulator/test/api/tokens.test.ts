import { crc32 } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Simulator, virtualClock } from "../../src/index.ts";
import { base64, createClient } from "../support/client.ts";
import { startAcme } from "../support/start-acme.ts";

const clock = virtualClock("2026-08-13T09:00:00Z");

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startAcme({ clock });
});
afterAll(() => simulator.close());

const as = (name?: string) => createClient(simulator, name);
const workflow = "/repos/acme/web/contents/.github/workflows/ci.yml";
const file = { message: "x", content: base64("x") };

describe("tokens", () => {
  test("have GitHub's shape and checksum", () => {
    const value = simulator.world.tokenValue("publisher");
    expect(value).toMatch(/^ghp_[0-9A-Za-z]{36}$/);
    const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const sum = value
      .slice(34)
      .split("")
      .reduce((total, digit) => total * 62 + digits.indexOf(digit), 0);
    expect(sum).toBe(crc32(value.slice(4, 34)));
  });

  test("say their scopes and when they end", async () => {
    const { headers } = await as("publisher")("GET /user");
    expect(headers.get("x-oauth-scopes")).toBe("read:packages, write:packages");
    expect(headers.get("github-authentication-token-expiration")).toBe("2026-10-12 09:00:00 UTC");
    const forever = (await as("never-expires")("GET /user")).headers;
    expect(forever.get("github-authentication-token-expiration")).toBeNull();
    expect((await as("fine-grained")("GET /user")).headers.get("x-oauth-scopes")).toBeNull();
  });

  test("that are unknown or expired answer 401", async () => {
    const { status, body } = await as("expired")("GET /user");
    expect([status, body.message]).toEqual([401, "Bad credentials"]);
    const unknown = await as()("GET /user", undefined, { authorization: "Bearer nonsense" });
    expect(unknown.status).toBe(401);
  });

  test("expire as the clock goes on", async () => {
    const other = virtualClock("2026-08-13T09:00:00Z");
    const second = await startAcme({ clock: other });
    const publisher = createClient(second, "publisher");
    expect((await publisher("GET /user")).status).toBe(200);
    other.advance({ days: 60 });
    expect((await publisher("GET /user")).status).toBe(401);
    await second.close();
  });
});

describe("rights", () => {
  test("a private repository does not exist for who may not see it", async () => {
    expect((await as()("GET /repos/acme/api")).status).toBe(404);
    expect((await as("publisher")("GET /repos/acme/api")).status).toBe(404);
    expect((await as("too-wide")("GET /repos/acme/api")).status).toBe(200);
  });

  test("a workflow file needs the workflow scope", async () => {
    const { status, body } = await as("too-wide")(`PUT ${workflow}`, file);
    expect([status, body.message]).toEqual([404, "Not Found"]);
    expect((await as("admin")(`PUT ${workflow}`, file)).status).toBe(201);
  });

  test("a fine-grained token without the permission answers 403", async () => {
    const { status, body } = await as("fine-grained")("GET /repos/acme/web/actions/secrets");
    expect([status, body.message]).toEqual([
      403,
      "Resource not accessible by personal access token",
    ]);
  });

  test("settings need an administrator", async () => {
    const { status, body } = await as("too-wide")("GET /repos/acme/web/actions/permissions");
    expect([status, body.message]).toEqual([403, "Must have admin rights to Repository."]);
    const secrets = await as("too-wide")("GET /orgs/acme/actions/secrets");
    expect(secrets.body.message).toBe(
      "You must be an org admin or have the actions secrets fine-grained permission.",
    );
  });

  // https://docs.github.com/en/rest/deployments/environments
  test("an app sees environments with actions, and makes them with administration", async () => {
    const app = (name: string, permissions: Record<string, "read" | "write">) => {
      const rest = { scopes: [], repositories: undefined, expiresAt: null };
      simulator.world.mintToken({ name, kind: "app", owner: "acme", permissions, ...rest });
      return as(name);
    };
    const path = "/repos/acme/web/environments";
    const reads = app("reads", { actions: "read", environments: "write" });
    expect((await reads(`GET ${path}`)).status).toBe(200);
    expect((await reads(`PUT ${path}/new`, {})).status).toBe(403);
    const makes = app("makes", { administration: "write" });
    expect((await makes(`PUT ${path}/new`, {})).status).toBe(200);
    expect((await makes(`GET ${path}`)).status).toBe(403);
  });

  test("a job's token reaches its own repository, with its permissions", async () => {
    const { world } = simulator;
    const { id } = world.repository("acme/web");
    world.mintToken({
      name: "job",
      kind: "job",
      owner: "github-actions[bot]",
      scopes: [],
      permissions: { contents: "read" },
      repositories: [id],
      expiresAt: null,
    });
    const job = as("job");
    expect((await job("GET /repos/acme/web/contents/Dockerfile")).status).toBe(200);
    const { status, body } = await job("PUT /repos/acme/web/contents/x", file);
    expect([status, body.message]).toEqual([403, "Resource not accessible by integration"]);
    expect((await job("GET /repos/acme/api")).status).toBe(404);
  });

  test("archived, empty and moved repositories say so", async () => {
    const admin = as("admin");
    const archived = await admin("PUT /repos/acme/legacy-reports/contents/x", file);
    expect([archived.status, archived.body.message]).toEqual([
      403,
      "Repository was archived so is read-only.",
    ]);
    const empty = await admin("GET /repos/acme/playground/contents/x");
    expect([empty.status, empty.body.message]).toEqual([404, "This repository is empty."]);
    const refs = await admin("GET /repos/acme/playground/git/ref/heads/main");
    expect([refs.status, refs.body.message]).toEqual([409, "Git Repository is empty."]);
    await admin("PATCH /repos/acme/mailer", { name: "postman" });
    const moved = await admin("GET /repos/acme/mailer/contents/Dockerfile?ref=main");
    const { id } = simulator.world.repository("acme/postman");
    expect([moved.status, moved.headers.get("location")]).toEqual([
      301,
      `${simulator.url}/repositories/${id}/contents/Dockerfile?ref=main`,
    ]);
    expect(
      (await admin(`GET /repositories/${id}/contents/Dockerfile`, undefined, { accept: "*/*" }))
        .status,
    ).toBe(200);
  });

  test("what is not simulated answers 501 and names itself", async () => {
    const { status, body } = await as("admin")("GET /repos/acme/web/traffic/clones");
    expect(status).toBe(501);
    expect(body.message).toBe(
      "the simulator does not implement GET /repos/acme/web/traffic/clones",
    );
  });

  test("no record of a request holds a token", () => {
    const written = JSON.stringify(simulator.requests);
    for (const { value } of simulator.world.state.tokens.values()) {
      expect(written).not.toContain(value);
    }
  });
});

describe("contents", () => {
  test("are guarded by the sha of the file", async () => {
    const admin = as("admin");
    const path = "/repos/acme/search/contents/README.md";
    const { body } = await admin(`GET ${path}`);
    expect(body.url).toBe(`${simulator.url}${path}?ref=develop`);
    const missing = await admin(`PUT ${path}`, file);
    expect([missing.status, missing.body.message]).toEqual([
      422,
      `Invalid request.\n\n"sha" wasn't supplied.`,
    ]);
    const sha = "0".repeat(40);
    const stale = await admin(`PUT ${path}`, { ...file, sha });
    expect([stale.status, stale.body.message]).toEqual([409, `README.md does not match ${sha}`]);
    expect((await admin(`PUT ${path}`, { ...file, sha: body.sha })).status).toBe(200);
  });
});
