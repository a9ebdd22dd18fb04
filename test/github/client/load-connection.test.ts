import { expect, test } from "vitest";
import { loadConnection } from "../../../src/github/client/load-connection.ts";

const load = (baseUrl: string) =>
  loadConnection({ get: (key) => ({ owner: "acme", token: "secret", baseUrl })[key] }, {});

test.each([
  "http://github.example.com",
  "http://api.github.com",
  "ftp://127.0.0.1",
  "http://127.0.0.1.example.com",
])("%j would send the tokens unencrypted", (baseUrl) => {
  expect(() => load(baseUrl)).toThrow(
    `github:baseUrl "${baseUrl}" would send the admin token and the PAT in clear; use https`,
  );
});

test.each([
  ["https://api.github.com/", "https://api.github.com"],
  ["https://github.example.com", "https://github.example.com/api/v3"],
  ["https://acme.ghe.com", "https://api.acme.ghe.com"],
  ["http://127.0.0.1:3000/", "http://127.0.0.1:3000"],
  ["http://127.0.0.1:3000/api/v3", "http://127.0.0.1:3000/api/v3"],
])("%j is accepted, with the root of its REST API", (baseUrl, root) => {
  expect(load(baseUrl).baseUrl).toBe(root);
});
