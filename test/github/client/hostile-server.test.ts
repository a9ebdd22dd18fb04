import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { listRepositories } from "../../../src/github/repositories/list-repositories.ts";
import { limitPages } from "../../../src/github/client/limit-pages.ts";
import { openSession } from "../../../src/registry/registry-client.ts";

const json = { "content-type": "application/json; charset=utf-8" };

async function start(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise((resolve) => server.once("listening", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Another host, which must get no request. */
async function startThief() {
  const stolen: string[] = [];
  const url = await start((request, response) => {
    stolen.push(request.headers.authorization ?? "nothing");
    response.writeHead(200, json).end("[]");
  });
  return { url, stolen };
}

const clientOf = (baseUrl: string) =>
  createGitHubClient({ baseUrl, token: "a-token", pace: "burst" });

test.each([301, 302, 307, 308])(
  "a redirect (%i) to another host gets neither a token nor a body",
  async (status) => {
    const thief = await startThief();
    const url = await start((_, response) =>
      response.writeHead(status, { location: `${thief.url}/user` }).end(),
    );
    const github = clientOf(url);
    const writing = github.request("PUT /a", { body: "b", request: { retries: 0 } });
    await expect(writing).rejects.toThrow(`points to ${thief.url}, which gets no request`);
    const credential = { username: "u", password: "p" };
    await expect(openSession({ url, credential }, "acme/api", "pull")).rejects.toThrow(
      "redirects to another address, which gets nothing",
    );
    expect(thief.stolen).toEqual([]);
  },
);

test("a redirect of the same host is followed, as after a rename", async () => {
  const url = await start((request, response) => {
    if (request.url === "/repos/acme/old")
      response.writeHead(301, { location: "/repositories/7" }).end();
    else response.writeHead(200, json).end(JSON.stringify({ url: request.url }));
  });
  const { data } = await clientOf(url).request("GET /repos/{owner}/{repo}", {
    owner: "acme",
    repo: "old",
  });
  expect(data).toEqual({ url: "/repositories/7" });
});

test("a write follows a repository to its new name, and not to another account", async () => {
  const names = ["acme/new", "mallory/old", undefined];
  const written: string[] = [];
  const url = await start((request, response) => {
    if (request.url === "/repos/acme/old/actions/secrets/A")
      response.writeHead(307, { location: "/repositories/7/actions/secrets/A" }).end();
    else if (request.method === "GET")
      response.writeHead(200, json).end(JSON.stringify({ full_name: names[0] }));
    else {
      written.push(request.url ?? "");
      response.writeHead(204).end();
    }
  });
  const write = () =>
    clientOf(url).request("PUT /repos/{owner}/{repo}/actions/secrets/A", {
      ...{ owner: "acme", repo: "old" },
      request: { retries: 0 },
    });
  await write();
  expect(written).toEqual(["/repositories/7/actions/secrets/A"]);
  names.shift();
  await expect(write()).rejects.toThrow("it is mallory/old now");
  names.shift();
  await expect(write()).rejects.toThrow("GitHub does not show what it is now");
  expect(written).toHaveLength(1);
});

test("pages on another host, and pages that never end, are not read", async () => {
  const thief = await startThief();
  let pages = 0;
  const url = await start((request, response) => {
    const own = `http://${request.headers.host}`;
    pages += 1;
    const next = request.url?.startsWith("/away")
      ? `${thief.url}/away?page=2`
      : request.url?.startsWith("/same")
        ? `${own}/same?page=2`
        : `${own}/long?page=${pages}`;
    response.writeHead(200, { ...json, link: `<${next}>; rel="next"` }).end("[1]");
  });
  const github = clientOf(url);
  const read = (route: string) => github.paginate(route, { request: { retries: 0 } });
  await expect(read("GET /away")).rejects.toThrow("which gets no request");
  expect(thief.stolen).toEqual([]);
  await expect(read("GET /same")).rejects.toThrow("names itself as its next page");
  pages = 0;
  limitPages(github, 20);
  await expect(read("GET /long")).rejects.toThrow("/long has more than 20 pages");
  expect(pages).toBe(20);
});

test.each([
  ["the repositories of acme", [], "repositories"],
  ["the repositories of acme/everything", ["everything"], "team0"],
] as const)("pages of GraphQL that never end are not read: %s", async (list, teams, endless) => {
  let pages = 0;
  let cursorOf = (page: number): string => `cursor ${page}`;
  const url = await start((_, response) => {
    pages += 1;
    const more = { pageInfo: { hasNextPage: true, endCursor: cursorOf(pages) } };
    const end = { pageInfo: { hasNextPage: false, endCursor: null } };
    const pageOf = (name: string) => ({ ...(name === endless ? more : end), nodes: [], edges: [] });
    const team0 = { repositories: pageOf("team0") };
    const repositoryOwner = { repositories: pageOf("repositories"), team0 };
    response.writeHead(200, json).end(JSON.stringify({ data: { repositoryOwner } }));
  });
  const needs = { language: false, properties: false, teams, paths: [], names: [] };
  const read = () => listRepositories(clientOf(url), "acme", needs, 20);
  await expect(read()).rejects.toThrow(`${list}: GitHub has more than 20 pages`);
  expect(pages).toBe(20);
  cursorOf = () => "cursor";
  await expect(read()).rejects.toThrow(`${list}: GitHub names a page as its own next one`);
  expect(pages).toBe(22);
});

test("an answer without end is cut off with its size", async () => {
  const chunk = "x".repeat(1024 * 1024);
  const url = await start((_, response) => {
    response.writeHead(200, json);
    const more = () => {
      while (response.writable && response.write(chunk));
      if (response.writable) response.once("drain", more);
    };
    more();
  });
  const endless = clientOf(url).request("GET /a", { request: { retries: 0 } });
  await expect(endless).rejects.toThrow("the answer is longer than 64 MiB");
  const credential = { username: "u", password: "p" };
  await expect(openSession({ url, credential }, "acme/api", "pull")).rejects.toThrow(
    "the answer is longer than 1 MiB",
  );
});
