import { expect, test } from "vitest";
import { githubCom } from "../../../src/github-host.ts";
import { parseExpiry, type TokenInspection } from "../../../src/github/tokens/inspect-token.ts";
import { judgeToken } from "../../../src/github/tokens/judge-token.ts";

const good: TokenInspection = {
  hash: "h",
  kind: "classic",
  owner: "acme-publisher",
  scopes: ["read:packages", "write:packages"],
  expiresAt: "2027-01-20T09:00:00.000Z",
  inspectedAt: "2026-11-23T09:00:00.000Z",
};
const judge = (token: Partial<TokenInspection>, owner?: string) =>
  judgeToken(githubCom, { ...good, ...token }, { owner, maxDays: 90 });

test("exactly the scopes to publish, an expiry within the limit, the right owner: no finding", () => {
  expect(judge({})).toEqual([]);
  expect(judge({ scopes: ["write:packages"] })).toEqual([]);
  expect(judge({}, "ACME-publisher")).toEqual([]);
});

test.each<[string, Partial<TokenInspection>, string?]>([
  ["too wide", { scopes: ["repo", "workflow", "write:packages"] }],
  [
    "delete:packages is wider too",
    { scopes: ["delete:packages", "read:packages", "write:packages"] },
  ],
  ["read-only", { scopes: ["read:packages"] }],
  ["no scope", { scopes: [] }],
  ["never expires", { expiresAt: undefined }],
  ["expired", { expiresAt: "2026-11-23T08:59:59.000Z" }],
  ["lives too long", { expiresAt: "2027-02-21T09:00:01.000Z" }],
  ["fine-grained", { kind: "fine-grained", scopes: [] }],
  ["an App's", { kind: "app", scopes: [] }],
  ["somebody else's", {}, "another-bot"],
])("%s", (_case, token, owner) => {
  expect(judge(token, owner)).toMatchSnapshot();
});

test("all reasons are reported at once", () => {
  expect(judge({ scopes: ["repo"], expiresAt: undefined }, "another-bot")).toHaveLength(3);
});

test("the expiry header is read in both forms that have been seen", () => {
  expect(parseExpiry("2027-10-12 09:00:00 UTC")).toBe("2027-10-12T09:00:00.000Z");
  expect(parseExpiry("2027-10-12 18:00:00 +0900")).toBe("2027-10-12T09:00:00.000Z");
  expect(parseExpiry(undefined)).toBeUndefined();
  expect(() => parseExpiry("soon")).toThrow('cannot read the token\'s expiry from "soon"');
});
