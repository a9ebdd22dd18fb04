import { crc32 } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Simulator, virtualClock } from "../../src/index.ts";
import { base64, createClient } from "../support/client.ts";
import { mintClassic } from "../support/mint-classic.ts";
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
    const { body } = await as("expired").expecting(401, "GET /user");
    expect(body.message).toBe("Bad credentials");
    await as().expecting(401, "GET /user", undefined, {
      authorization: "Bearer nonsense",
    });
  });

  test("are a password, or a user name without one", async () => {
    const value = simulator.world.tokenValue("publisher");
    for (const pair of [`any:${value}`, `${value}:`, `${value}:x-oauth-basic`]) {
      const authorization = `Basic ${base64(pair)}`;
      await as().expecting(200, "GET /user", undefined, { authorization });
    }
  });

  test("expire as the clock advances", async () => {
    const other = virtualClock("2026-08-13T09:00:00Z");
    const second = await startAcme({ clock: other });
    const publisher = createClient(second, "publisher");
    await publisher.expecting(200, "GET /user");
    other.advance({ days: 60 });
    await publisher.expecting(401, "GET /user");
    await second.close();
  });
});

describe("rights", () => {
  test("a private repository does not exist for those who may not see it", async () => {
    await as().expecting(404, "GET /repos/acme/api");
    await as("publisher").expecting(404, "GET /repos/acme/api");
    await as("too-wide").expecting(200, "GET /repos/acme/api");
    await as("admin")("PATCH /repos/acme/cron-jobs", { name: "nightly" });
    await as("admin").expecting(301, "GET /repos/acme/cron-jobs");
    await as("publisher").expecting(404, "GET /repos/acme/cron-jobs");
  });

  test("of a public repository, a token without rights reads no more than everybody", async () => {
    const value = { scopes: [], permissions: { secrets: "read" as const }, expiresAt: null };
    const { id } = simulator.world.repository("acme/api");
    const elsewhere = { ...value, name: "elsewhere", kind: "fine-grained" as const };
    simulator.world.mintToken({ ...elsewhere, owner: "acme-admin", repositories: [id] });
    mintClassic(simulator, "no-scopes", "acme-admin", []);
    for (const name of ["elsewhere", "no-scopes"]) {
      await as(name).expecting(200, "GET /repos/acme/web/contents");
      await as(name).expecting(403, "GET /repos/acme/web/actions/secrets");
    }
  });

  test("nobody without a token has permissions to show", async () => {
    expect((await as()("GET /repos/acme/web")).body).not.toHaveProperty("permissions");
    expect((await as("admin")("GET /repos/acme/web")).body).toHaveProperty("permissions");
  });

  test("a workflow file needs the workflow scope", async () => {
    const { body } = await as("too-wide").expecting(404, `PUT ${workflow}`, file);
    expect(body.message).toBe("Not Found");
    const rest = { scopes: [], repositories: undefined, expiresAt: null };
    const permissions = { contents: "write" } as const;
    simulator.world.mintToken({ name: "writes", kind: "app", owner: "acme", permissions, ...rest });
    const refused = await as("writes").expecting(403, `PUT ${workflow}`, file);
    expect(refused.body.message).toBe("Resource not accessible by integration");
    await as("admin").expecting(201, `PUT ${workflow}`, file);
  });

  test("a fine-grained token without the permission answers 403", async () => {
    const { body } = await as("fine-grained").expecting(403, "GET /repos/acme/web/actions/secrets");
    expect(body.message).toBe("Resource not accessible by personal access token");
  });

  test("settings need an administrator", async () => {
    const { body } = await as("too-wide").expecting(403, "GET /repos/acme/web/actions/permissions");
    expect(body.message).toBe("Must have admin rights to Repository.");
    const secrets = await as("too-wide").expecting(403, "GET /orgs/acme/actions/secrets");
    expect(secrets.body.message).toBe(
      "You must be an org admin or have the actions secrets fine-grained permission.",
    );
  });

  // https://docs.github.com/en/rest/deployments/environments
  test("an app sees environments with actions, and creates them with administration", async () => {
    const app = (name: string, permissions: Record<string, "read" | "write">) => {
      const rest = { scopes: [], repositories: undefined, expiresAt: null };
      simulator.world.mintToken({ name, kind: "app", owner: "acme", permissions, ...rest });
      return as(name);
    };
    const path = "/repos/acme/api/environments";
    const reads = app("reads", { actions: "read", environments: "write" });
    await reads.expecting(200, `GET ${path}`);
    await reads.expecting(403, `PUT ${path}/new`, {});
    const makes = app("makes", { administration: "write" });
    await makes.expecting(200, `PUT ${path}/new`, {});
    await makes.expecting(403, `GET ${path}`);
  });

  test("repositories are created by Apps, and public ones with public_repo", async () => {
    const rest = { scopes: [], repositories: undefined, expiresAt: null };
    const permissions = { administration: "write" } as const;
    simulator.world.mintToken({
      name: "creates",
      kind: "app",
      owner: "acme",
      permissions,
      ...rest,
    });
    mintClassic(simulator, "public", "acme-dev", ["public_repo"]);
    await as("creates").expecting(201, "POST /orgs/acme/repos", { name: "by-app" });
    await as("public").expecting(201, "POST /orgs/acme/repos", { name: "in-public" });
    await as("public").expecting(403, "POST /orgs/acme/repos", { name: "hidden", private: true });
  });

  test("collaborators are listed for those who may push", async () => {
    const path = "/repos/acme/web/collaborators";
    await as().expecting(401, `GET ${path}`);
    await as("admin").expecting(200, `GET ${path}`);
    const organisation = simulator.world.state.organisations.get("acme");
    Object.assign(organisation ?? {}, { basePermission: "read" });
    const { body } = await as("too-wide").expecting(403, `GET ${path}`);
    expect(body.message).toBe("Must have push access to view repository collaborators.");
    await as("too-wide").expecting(403, `GET ${path}/acme-dev/permission`);
    Object.assign(organisation ?? {}, { basePermission: "write" });
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
    await job.expecting(200, "GET /repos/acme/web/contents/Dockerfile");
    await job.expecting(200, "GET /repos/acme/web/issues"); // Anybody may: it is public.
    await job.expecting(403, "GET /repos/acme/web/actions/variables");
    const { body } = await job.expecting(403, "PUT /repos/acme/web/contents/x", file);
    expect(body.message).toBe("Resource not accessible by integration");
    await job.expecting(404, "GET /repos/acme/api");
  });

  test("archived, empty and moved repositories are reported as such", async () => {
    const admin = as("admin");
    const archived = await admin.expecting(403, "PUT /repos/acme/legacy-reports/contents/x", file);
    expect(archived.body.message).toBe("Repository was archived so is read-only.");
    const empty = await admin.expecting(404, "GET /repos/acme/playground/contents/x");
    expect(empty.body.message).toBe("This repository is empty.");
    const refs = await admin.expecting(409, "GET /repos/acme/playground/git/ref/heads/main");
    expect(refs.body.message).toBe("Git Repository is empty.");
    await admin("PATCH /repos/acme/mailer", { name: "postman" });
    const moved = await admin.expecting(301, "GET /repos/acme/mailer/contents/Dockerfile?ref=main");
    const { id } = simulator.world.repository("acme/postman");
    expect(moved.headers.get("location")).toBe(
      `${simulator.url}/repositories/${id}/contents/Dockerfile?ref=main`,
    );
    await admin.expecting(200, `GET /repositories/${id}/contents/Dockerfile`);
  });

  test("what is not simulated answers 501 and names itself", async () => {
    const { body } = await as("admin").expecting(501, "GET /repos/acme/web/traffic/clones");
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
  test("are protected by the file's sha", async () => {
    const admin = as("admin");
    const path = "/repos/acme/search/contents/README.md";
    const { body } = await admin(`GET ${path}`);
    expect(body.url).toBe(`${simulator.url}${path}?ref=develop`);
    const missing = await admin.expecting(422, `PUT ${path}`, file);
    expect(missing.body.message).toBe(`Invalid request.\n\n"sha" wasn't supplied.`);
    const sha = "0".repeat(40);
    const stale = await admin.expecting(409, `PUT ${path}`, { ...file, sha });
    expect(stale.body.message).toBe(`README.md does not match ${sha}`);
    await admin.expecting(200, `PUT ${path}`, { ...file, sha: body.sha });
  });
});
