import { deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { findTokens } from "./find-tokens.ts";

const token = `ghp_${"aZ0".repeat(12)}`;
const other = `ghp_${"bY1".repeat(12)}`;

test.each<[string, string | Buffer]>([
  ["as it is", `before ${token} after`],
  ["base64", Buffer.from(token).toString("base64")],
  ["base64 after other bytes", Buffer.from(`x-access-token:${token}`).toString("base64")],
  ["base64 inside of a word", `key=a${Buffer.from(`ab${token}`).toString("base64url")}`],
  ["hexadecimal", `0x${Buffer.from(token).toString("hex").toUpperCase()}`],
  [
    "percent-encoding",
    Array.from(token)
      .map((each) => `%${Buffer.from(each).toString("hex")}`)
      .join(""),
  ],
  [
    "escaped in JSON",
    Array.from(token)
      .map((each) => `\\u00${Buffer.from(each).toString("hex")}`)
      .join(""),
  ],
  ["UTF-16", Buffer.from(token, "utf16le")],
  ["gzip", gzipSync(`{"pat":"${token}"}`)],
  ["zlib in base64 in JSON", JSON.stringify({ state: deflateSync(token).toString("base64") })],
  [
    "gzip of base64 of hexadecimal",
    gzipSync(Buffer.from(Buffer.from(token).toString("hex")).toString("base64")),
  ],
])("a token is found %s", (_, content) => {
  expect(findTokens(Buffer.from(content), [token, other])).toEqual([token]);
});

test("hashes and parts of it are no token", () => {
  const text = `${token.slice(0, 20)} ${Buffer.from(token.slice(3)).toString("base64")}`;
  expect(findTokens(Buffer.from(text), [token, other])).toEqual([]);
});
