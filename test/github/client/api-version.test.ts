import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";

test("github.com and data residency are asked for the newest version, Enterprise Server for the first", () => {
  const versionAt = (baseUrl: string) => createGitHubClient({ baseUrl }).apiVersion;
  expect(versionAt("https://api.github.com")).toBe("2026-03-10");
  expect(versionAt("https://acme.ghe.com/")).toBe("2026-03-10");
  expect(versionAt("https://github.acme.example/")).toBe("2022-11-28");
});

test("each request names the version", async () => {
  const versions: unknown[] = [];
  const server = createServer((request, response) => {
    versions.push(request.headers["x-github-api-version"]);
    response.setHeader("content-type", "application/json").end('{"data":{}}');
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    for (const baseUrl of [url, `${url}/api/v3`]) {
      const github = createGitHubClient({ baseUrl });
      await github.request("GET /user");
      await github.query("{ viewer { login } }");
    }
  } finally {
    server.close();
  }
  expect(versions).toEqual(["2026-03-10", "2026-03-10", "2022-11-28", "2022-11-28"]);
});
