import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Simulator } from "../../src/index.ts";
import { createClient, type Client } from "../support/client.ts";
import { startAcme } from "../support/start-acme.ts";

let simulator: Simulator;
let admin: Client;

beforeAll(async () => {
  simulator = await startAcme();
  admin = createClient(simulator, "admin");
});
afterAll(() => simulator.close());

const outsideAddresses = Object.values(networkInterfaces())
  .flatMap((addresses = []) => addresses)
  .filter(({ internal, family }) => !internal && family === "IPv4")
  .map(({ address }) => address);

test.skipIf(outsideAddresses.length === 0)("other machines cannot connect", async () => {
  for (const host of outsideAddresses) {
    for (const url of [simulator.url, simulator.registryUrl]) {
      const socket = connect({ host, port: Number(new URL(url).port) });
      onTestFinished(() => void socket.destroy());
      await expect(once(socket, "connect")).rejects.toThrow("ECONNREFUSED");
    }
  }
});

test("only the newest requests are kept", async () => {
  const short = await startAcme({ keptRequests: 2 });
  onTestFinished(() => short.close());
  const paths = ["/repos/acme/web", "/repos/acme/mailer", "/repos/acme/search"];
  for (const path of paths) await createClient(short, "admin")(`GET ${path}`);
  expect(short.requests.map(({ path }) => path)).toEqual(paths.slice(1));
});

test("HEAD answers like GET, without a body", async () => {
  const got = await admin("GET /repos/acme/mailer");
  const etag = got.headers.get("etag") ?? "";
  const head = await admin.expecting(200, "HEAD /repos/acme/mailer");
  expect(head.text).toBe("");
  const again = { "if-none-match": head.headers.get("etag") ?? "" };
  await admin.expecting(304, "HEAD /repos/acme/mailer", undefined, again);
  expect(etag).not.toBe("");
  await admin("PATCH /repos/acme/mailer", { name: "courier" });
  await admin.expecting(301, "HEAD /repos/acme/mailer");
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

test("a repository is archived and unarchived by GraphQL", async () => {
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

test("an invalid number is not found, which is not the same as not served", async () => {
  for (const route of ["GET issues/-1", "GET pulls/1.5", "PATCH issues/%20", "GET releases/1e3"]) {
    const [method, path] = route.split(" ");
    const call = `${method} /repos/acme/web/${path}`;
    const answer = await admin.expecting(404, call);
    expect(answer.body.message).toBe("Not Found");
  }
  const unknown = await admin.expecting(501, "GET /repos/acme/web/issues/events");
  expect(unknown.body.message).toBe(
    "the simulator does not implement GET /repos/acme/web/issues/events",
  );
});

test("a release with an invalid tag or target is refused", async () => {
  const refuse = async (body: object) =>
    (await admin.expecting(422, "POST /repos/acme/web/releases", body)).body.errors;
  const valid = { resource: "Release", code: "custom" };
  const [noTag, noRelease] = [
    { ...valid, field: "tag_name", message: "tag_name is not a valid tag" },
    { ...valid, message: "Published releases must have a valid tag" },
  ];
  expect(await refuse({ tag_name: "a b" })).toEqual([
    noTag,
    { ...valid, field: "tag_name", message: "tag_name is not well-formed" },
    noRelease,
  ]);
  expect(await refuse({ tag_name: "v7", target_commitish: "nowhere" })).toEqual([
    noTag,
    noRelease,
    { resource: "Release", code: "invalid", field: "target_commitish" },
  ]);
  const release = await admin("POST /repos/acme/web/releases", { tag_name: "größe-1" });
  expect(release.body.html_url).toBe("https://github.com/acme/web/releases/tag/gr%C3%B6%C3%9Fe-1");
});

// https://docs.github.com/en/rest/about-the-rest-api/breaking-changes?apiVersion=2026-03-10
test("the newer version of the API leaves out what GitHub removed from it", async () => {
  const names = new Set<string>();
  const collect = (value: unknown) => {
    if (typeof value !== "object" || value === null) return;
    for (const [name, item] of Object.entries(value)) {
      names.add(name);
      collect(item);
    }
  };
  const read = async (version: string) => {
    names.clear();
    const options = { headers: { "x-github-api-version": version, authorization } };
    for (const path of ["", "rate_limit", "repos/acme/web", "repos/acme/web/pulls"]) {
      collect(await (await fetch(`${simulator.url}/${path}`, options)).json());
    }
    return [...names];
  };
  const authorization = `Bearer ${simulator.world.tokenValue("admin")}`;
  simulator.byHand("acme-dev").editFiles("acme/web", { x: "x" }, { branch: "versions" });
  await admin("POST /repos/acme/web/pulls", { title: "x", head: "versions", base: "main" });
  const [older, newer] = [await read("2022-11-28"), await read("2026-03-10")];
  expect(older.filter((name) => !newer.includes(name)).sort()).toEqual([
    "assignee",
    "authorizations_url",
    "has_downloads",
    "merge_commit_sha",
    "rate",
    "use_squash_pr_title_as_default",
  ]);
});
