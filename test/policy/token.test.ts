import { describe, expect, test } from "vitest";
import type { Properties, Rule } from "../../policy/rule.ts";
import { patExpiryMax, patScopesExact } from "../../policy/token.ts";

const token = {
  kind: "classic",
  scopes: ["read:packages", "write:packages"],
  inspectedAt: "2026-01-01T00:00:00.000Z",
  expiresAt: "2026-03-01T00:00:00.000Z",
};

describe("pat-scopes-exact", () => {
  const judge = (changes: Properties) => violations(patScopesExact, { ...token, ...changes }, {});

  test.each([
    { scopes: ["write:packages", "read:packages"] },
    { scopes: ["write:packages"] },
    { scopes: ["read:packages", "write:packages", "write:packages"] },
  ])("passes $scopes", ({ scopes }) => expect(judge({ scopes })).toEqual([]));

  test("a wider token is named with what it may do beyond", () => {
    const scopes = ["admin:org", "repo", "write:packages"];
    expect(judge({ scopes })).toEqual([
      "have no scope beyond write:packages and read:packages, such as admin:org, repo",
    ]);
  });

  test.each([[["read:packages"]], [[]]])("a token that cannot publish: %j", (scopes) => {
    expect(judge({ scopes })).toEqual(["have the scopes write:packages and read:packages"]);
  });

  test.each([undefined, null, "write:packages", {}])("missing or malformed: %j", (scopes) => {
    expect(judge({ scopes })).toEqual(["have known scopes"]);
  });

  test("what does not look like a scope is counted, and not quoted", () => {
    const secret = `ghp_${"a1".repeat(18)}`;
    expect(judge({ scopes: ["write:packages", secret, 7, null] })).toEqual([
      "have no scope beyond write:packages and read:packages",
    ]);
  });

  test("an unknown value is not taken for a pass", () => {
    expect(() => violations(patScopesExact, unknown("scopes"), {})).toThrow("not known yet");
  });
});

describe("pat-expiry-max", () => {
  const judge = (changes: Properties, maxDays = 90) =>
    violations(patExpiryMax, { ...token, ...changes }, { maxDays });

  test.each(["2026-01-01T00:00:01Z", "2026-04-01T00:00:00Z"])("passes %s", (expiresAt) => {
    expect(judge({ expiresAt })).toEqual([]);
  });

  test("longer than the threshold", () => {
    expect(judge({ expiresAt: "2026-04-01T00:00:01Z" })).toEqual([
      "expire within 90 days, but has 91 left",
    ]);
    expect(judge({}, 30)).toEqual(["expire within 30 days, but has 59 left"]);
  });

  test.each([undefined, null])("never: %j", (expiresAt) => {
    expect(judge({ expiresAt })).toEqual(["expire within 90 days, but never expires"]);
  });

  test("expired", () => {
    expect(judge({ expiresAt: token.inspectedAt })).toEqual(["not have expired"]);
  });

  test.each(["", "never", 7, {}])("malformed: %j", (expiresAt) => {
    expect(judge({ expiresAt })).toEqual(["have an expiry that is a date"]);
  });

  test("not inspected", () => {
    expect(judge({ inspectedAt: undefined })).toEqual(["have been inspected at a known time"]);
  });

  test("an unknown value is not taken for a pass", () => {
    expect(() => violations(patExpiryMax, unknown("expiresAt"), { maxDays: 90 })).toThrow(
      "not known yet",
    );
  });
});

function violations<T extends object>(rule: Rule<T>, properties: Properties, thresholds: T) {
  return [...rule.judge(properties, thresholds)];
}

/** As the engine does, for a property that preview does not know: reading it throws. */
function unknown(property: string): Properties {
  return Object.defineProperty({ ...token }, property, {
    get() {
      throw new Error("not known yet");
    },
  });
}
