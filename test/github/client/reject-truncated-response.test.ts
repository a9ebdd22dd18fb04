import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";

const json = { "content-type": "application/json; charset=utf-8" };
const brokenOff: Record<string, (response: ServerResponse) => void> = {
  "is cut short": (response) => response.writeHead(200, json).end('{"login":"ac'),
  "ends with its connection": (response) => {
    response.writeHead(200, { ...json, "content-length": "100" }).write('{"login":"ac');
    setTimeout(() => response.destroy(), 50);
  },
};

test.each(Object.entries(brokenOff))(
  "an answer that %s is requested again",
  async (_, breakOff) => {
    let answers = 0;
    const server = createServer((_request, response) => {
      answers += 1;
      if (answers === 1) breakOff(response);
      else response.writeHead(200, json).end('{"login":"acme"}');
    }).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const said: string[] = [];
    const github = createGitHubClient({
      baseUrl: `http://127.0.0.1:${port}`,
      onWait: (message) => void said.push(message),
    });
    const { data } = await github.request("GET /orgs/{org}", { org: "acme" });
    expect(data).toEqual({ login: "acme" });
    expect(said).toEqual([expect.stringMatching(/: trying again in 1 s$/)]);
  },
);
