import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Simulator, virtualClock } from "../../src/index.ts";
import { appJwt } from "../support/app-jwt.ts";
import { createClient } from "../support/client.ts";
import { startAcme } from "../support/start-acme.ts";

const clock = virtualClock("2026-08-13T09:00:00Z");

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startAcme({ clock }, (seed) => {
    const permissions = { contents: "read" } as const;
    seed.apps = [
      { slug: "fleet", permissions, repositories: ["api"], suspended: false },
      { slug: "everywhere", permissions, suspended: true },
    ];
  });
});
afterAll(() => simulator.close());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const asApp = (slug = "fleet", claims = {}) => bearer(appJwt(simulator, slug, claims));
const tokensOf = (slug: string) =>
  `POST /app/installations/${simulator.world.app(slug).installationId}/access_tokens`;
const client = () => createClient(simulator);

test("an App signs in with a JSON Web Token and gets a token for its installation", async () => {
  const { id, installationId } = simulator.world.app("fleet");
  const { body: app } = await client()("GET /app", undefined, asApp());
  expect(app).toMatchObject({ id, slug: "fleet", permissions: { contents: "read" } });
  const at = `/app/installations/${installationId}`;
  const { body: installation } = await client()(`GET ${at}`, undefined, asApp());
  expect(installation).toMatchObject({
    account: { login: "acme" },
    repository_selection: "selected",
    suspended_at: null,
  });
  const { body } = await client().expecting(201, tokensOf("fleet"), undefined, asApp());
  expect(body).toMatchObject({
    expires_at: "2026-08-13T10:00:00Z",
    permissions: { contents: "read", metadata: "read" },
    repository_selection: "selected",
  });
  const { body: list } = await client()(
    "GET /installation/repositories",
    undefined,
    bearer(body.token),
  );
  expect(list.repositories.map(({ full_name }: { full_name: string }) => full_name)).toEqual([
    "acme/api",
  ]);
});

test("its token ends after an hour", async () => {
  const { body } = await client().expecting(201, tokensOf("fleet"), undefined, asApp());
  const read = (status: number) =>
    client().expecting(status, "GET /repos/acme/api", undefined, bearer(body.token));
  await read(200);
  clock.advance({ minutes: 59 });
  await read(200);
  clock.advance({ minutes: 1 });
  await read(401);
});

describe("GitHub refuses", () => {
  const refused = async (status: number, route: string, headers: Record<string, string>) =>
    (await client().expecting(status, route, undefined, headers)).body.message;
  const now = () => Math.floor(clock.now() / 1000);

  test("what the App's key did not sign", async () => {
    const [head, claims] = appJwt(simulator, "fleet").split(".");
    const [, , foreign] = appJwt(simulator, "everywhere").split(".");
    const undecodable = "A JSON web token could not be decoded";
    const token = simulator.world.tokenValue("admin");
    expect(await refused(401, "GET /app", bearer(`${head}.${claims}.${foreign}`))).toBe(
      undecodable,
    );
    expect(await refused(401, "GET /app", bearer(token))).toBe(undecodable);
    expect(await refused(401, "GET /app", {})).toBe(undecodable);
    expect(await refused(404, "GET /app", asApp("fleet", { iss: "1" }))).toBe(
      "Integration not found",
    );
  });

  test("times that do not fit its clock", async () => {
    expect(await refused(401, "GET /app", asApp("fleet", { exp: now() - 1 }))).toMatch(
      /^'Expiration time' claim \('exp'\) must be a numeric value/,
    );
    expect(await refused(401, "GET /app", asApp("fleet", { exp: now() + 601 }))).toBe(
      "'Expiration time' claim ('exp') is too far in the future",
    );
    expect(await refused(401, "GET /app", asApp("fleet", { iat: now() + 1 }))).toMatch(
      /^'Issued at' claim \('iat'\) must be an Integer/,
    );
  });

  test("another App's installation, a suspended one, and a JSON Web Token elsewhere", async () => {
    expect(await refused(404, tokensOf("everywhere"), asApp("fleet"))).toBe("Not Found");
    expect(await refused(403, tokensOf("everywhere"), asApp("everywhere"))).toBe(
      "This installation has been suspended",
    );
    expect(await refused(401, "GET /repos/acme/web", asApp())).toBe("Bad credentials");
  });

  test("a token that can do less than the installation", async () => {
    const { body } = await client().expecting(
      501,
      tokensOf("fleet"),
      { repositories: ["api"] },
      asApp(),
    );
    expect(body.message).toBe(
      "the simulator makes no narrower tokens, as repositories requests one",
    );
  });

  test("a list of its repositories to other tokens", async () => {
    const admin = createClient(simulator, "admin");
    const { body } = await admin.expecting(403, "GET /installation/repositories");
    expect(body.message).toMatch(/^You must authenticate with an installation access token/);
  });
});

test("a reset keeps the keys", async () => {
  const { privateKey } = simulator.world.app("fleet");
  await simulator.reset();
  expect(simulator.world.app("fleet").privateKey).toBe(privateKey);
});
