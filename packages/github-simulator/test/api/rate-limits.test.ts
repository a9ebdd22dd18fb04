import { afterEach, expect, test } from "vitest";
import { type Limits, type Simulator, virtualClock } from "../../src/index.ts";
import { base64, createClient } from "../support/client.ts";
import { startAcme } from "../support/start-acme.ts";

let simulator: Simulator;
afterEach(() => simulator.close());

async function start(limits: Partial<Limits>) {
  const clock = virtualClock("2026-08-13T09:00:00Z");
  simulator = await startAcme({ clock, limits });
  return { clock, admin: createClient(simulator, "admin") };
}

test("the primary limit refuses until its window ends", async () => {
  const { clock, admin } = await start({ primary: 2 });
  const first = await admin("GET /user");
  expect(first.headers.get("x-ratelimit-remaining")).toBe("1");
  expect(first.headers.get("x-ratelimit-reset")).toBe(
    String(Date.parse("2026-08-13T10:00:00Z") / 1000),
  );
  await admin("GET /user");
  const refused = await admin.expecting(403, "GET /user");
  expect(refused.body.message).toMatch(/^API rate limit exceeded for/);
  expect(refused.headers.get("x-ratelimit-remaining")).toBe("0");
  clock.advance({ hours: 1 });
  await admin.expecting(200, "GET /user");
});

test("unchanged answers cost nothing", async () => {
  const { admin } = await start({});
  const plain = await admin("GET /repos/acme/web");
  const same = await admin.expecting(304, "GET /repos/acme/web", undefined, {
    "if-none-match": plain.headers.get("etag") ?? "",
  });
  expect(same.text).toBe("");
  expect(same.headers.get("x-ratelimit-used")).toBe(plain.headers.get("x-ratelimit-used"));
  const other = await createClient(simulator, "too-wide")("GET /repos/acme/web");
  expect(other.headers.get("etag")).not.toBe(plain.headers.get("etag"));
});

test("the secondary limit on content says how long to wait, or does not", async () => {
  for (const sendRetryAfter of [true, false]) {
    const { clock, admin } = await start({ contentPerMinute: 1, sendRetryAfter });
    const write = (name: string) =>
      admin.attempt(`PUT /repos/acme/web/contents/${name}`, {
        message: "x",
        content: base64(name),
      });
    expect((await write("a")).status).toBe(201);
    const refused = await write("b");
    expect(refused.status).toBe(403);
    expect(refused.body.message).toMatch(/^You have exceeded a secondary rate limit/);
    expect(refused.headers.get("retry-after")).toBe(sendRetryAfter ? "60" : null);
    clock.advance({ seconds: 61 });
    expect((await write("b")).status).toBe(201);
    if (sendRetryAfter) await simulator.close();
  }
});

test("points per minute are counted, and GraphQL has its own budget", async () => {
  const { clock, admin } = await start({ restPointsPerMinute: 3 });
  for (const status of [200, 200, 200, 403]) await admin.expecting(status, "GET /user");
  const graphql = await admin("POST /graphql", { query: "{ rateLimit { limit used } }" });
  expect(graphql.body.data).toEqual({ rateLimit: { limit: 5000, used: 1 } });
  clock.advance({ minutes: 1 });
  await admin.expecting(200, "GET /user");
});

test("GraphQL reports an exhausted budget in its own way", async () => {
  const { admin } = await start({ primary: 1 });
  await admin("POST /graphql", { query: "{ viewer { login } }" });
  const { body } = await admin.expecting(200, "POST /graphql", { query: "{ viewer { login } }" });
  expect(body.errors[0].type).toBe("RATE_LIMITED");
});

test("searches have a budget of their own, by the minute", async () => {
  const { clock, admin } = await start({});
  const first = await admin("GET /search/repositories?q=web");
  expect(first.headers.get("x-ratelimit-resource")).toBe("search");
  expect(first.headers.get("x-ratelimit-reset")).toBe(String(clock.now() / 1000 + 60));
  const anonymous = await createClient(simulator)("GET /search/repositories?q=web");
  expect(anonymous.headers.get("x-ratelimit-limit")).toBe("10");
  const { resources } = (await admin("GET /rate_limit")).body;
  expect(resources).toMatchObject({ search: { limit: 30, used: 1 }, core: { used: 0 } });
});
