import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSeed, startSimulator, type Simulator } from "../../simulator/index.ts";
import { createClient, type Client } from "./client.ts";

const acme = new URL("../../simulator/seeds/acme.yaml", import.meta.url);

let simulator: Simulator;
let admin: Client;

beforeAll(async () => {
  simulator = await startSimulator({ seed: await loadSeed(acme) });
  admin = createClient(simulator, "admin");
});
afterAll(() => simulator.close());

test("HEAD answers what GET does, without a body", async () => {
  const got = await admin("GET /repos/acme/mailer");
  const etag = got.headers.get("etag") ?? "";
  const head = await admin("HEAD /repos/acme/mailer", undefined, { accept: "*/*" });
  expect([head.status, head.text]).toEqual([200, ""]);
  const again = { accept: "*/*", "if-none-match": head.headers.get("etag") ?? "" };
  expect((await admin("HEAD /repos/acme/mailer", undefined, again)).status).toBe(304);
  expect(etag).not.toBe("");
  await admin("PATCH /repos/acme/mailer", { name: "courier" });
  expect((await admin("HEAD /repos/acme/mailer", undefined, { accept: "*/*" })).status).toBe(301);
});

test("links name the host that the client called", async () => {
  const asked = request(`${simulator.url}/orgs/acme/repos?per_page=1`, {
    headers: {
      host: "api.github.localhost",
      "user-agent": "test",
      authorization: `Bearer ${simulator.world.tokenValue("admin")}`,
    },
  }).end();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  const [repository] = JSON.parse(await text(answer)) as { url: string }[];
  expect(repository?.url).toMatch(/^http:\/\/api\.github\.localhost\/repos\/acme\//);
  expect(answer.headers.link).toMatch(/^<http:\/\/api\.github\.localhost\/orgs\/acme\/repos\?/);
});

test("a repository is archived and woken up by GraphQL", async () => {
  const id = (await admin("GET /repos/acme/web")).body.node_id;
  const run = async (mutation: string) =>
    (
      await admin("POST /graphql", {
        query: `mutation($id: ID!) {
          done: ${mutation}(input: { repositoryId: $id }) { repository { isArchived } } }`,
        variables: { id },
      })
    ).body.data.done.repository;
  expect(await run("archiveRepository")).toEqual({ isArchived: true });
  expect(await run("unarchiveRepository")).toEqual({ isArchived: false });
});
