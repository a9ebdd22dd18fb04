import { afterAll, beforeAll, expect, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { createClient as uncheckedClient } from "../../src/testing/client.ts";
import { base64, createClient, type Client } from "../support/client.ts";
import { startAcme } from "../support/start-acme.ts";

let simulator: Simulator;
let admin: Client;
/** Faults answer what GitHub's description does not have. */
let unchecked: Client;
beforeAll(async () => {
  simulator = await startAcme();
  admin = createClient(simulator, "admin");
  unchecked = uncheckedClient(simulator, "admin");
});
afterAll(() => simulator.close());

const write = (name: string) =>
  unchecked.attempt(`PUT /repos/acme/web/contents/${name}`, {
    message: "x",
    content: base64(name),
  });
const exists = (name: string) => {
  const { world } = simulator;
  return world.readFile(world.repository("acme/web"), "main", name) !== undefined;
};

test("an answer that replaces the request's own, for a number of requests", async () => {
  simulator.faults.inject(
    { method: "PUT", path: "/contents/", times: 1 },
    { kind: "answer", status: 502, body: "<html>", headers: { "content-type": "text/html" } },
  );
  expect((await write("a")).status).toBe(502);
  expect(exists("a")).toBe(false);
  expect((await write("a")).status).toBe(201);
});

test("an answer that hides a write which happened", async () => {
  const remove = simulator.faults.inject(
    { path: "/contents/b" },
    { kind: "answer", status: 502, when: "after" },
  );
  expect((await write("b")).status).toBe(502);
  remove();
  expect(exists("b")).toBe(true);
});

test("a connection that breaks before or after the write", async () => {
  for (const [name, when, written] of [
    ["c", "before", false],
    ["d", "after", true],
  ] as const) {
    simulator.faults.inject({ path: `/contents/${name}`, times: 1 }, { kind: "drop", when });
    await expect(write(name)).rejects.toThrow("fetch failed");
    expect(exists(name)).toBe(written);
  }
});

test("an answer that is truncated", async () => {
  simulator.faults.inject({ path: "/repos/acme/web", times: 1 }, { kind: "truncate", bytes: 20 });
  await expect(unchecked("GET /repos/acme/web")).rejects.toThrow(SyntaxError);
});

test("reads that lag behind a write", async () => {
  const remove = simulator.faults.inject({ path: "" }, { kind: "lag", milliseconds: 30_000 });
  expect((await write("e")).status).toBe(201);
  await admin.expecting(404, "GET /repos/acme/web/contents/e");
  remove();
  await admin.expecting(200, "GET /repos/acme/web/contents/e");
});
