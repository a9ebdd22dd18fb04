import { expect, test } from "vitest";
import { checkConfiguration, parseConfiguration } from "../../provider/configuration.ts";
import { unknownValue, type Properties } from "../../provider/protocol/property-values.ts";

const good = { owner: "acme", baseUrl: "https://api.github.com", repositories: '{"api":"main"}' };

test.each([
  ["hello", "Invalid URL"],
  ["http://registry.test", "would send the PAT in clear; use https"],
])("the registry's address %j is refused with a reason", (registryUrl, reason) => {
  const { failures } = checkConfiguration({}, { ...good, registryUrl });
  expect(failures).toEqual([{ property: "registryUrl", reason }]);
});

test.each(["http://github.example.com", "ftp://127.0.0.1", "http://127.0.0.1.example.com"])(
  "GitHub's address %j would send the tokens unencrypted",
  (baseUrl) => {
    expect(checkConfiguration({}, { ...good, baseUrl }).failures).toEqual([
      {
        property: "baseUrl",
        reason: "would send the admin token and the PAT in clear; use https",
      },
    ]);
  },
);

test.each(["https://ghcr.io", "http://127.0.0.1:5000", "http://[::1]:5000"])(
  "the registry's address %j is accepted",
  (registryUrl) => {
    expect(checkConfiguration({}, { ...good, registryUrl }).failures).toEqual([]);
  },
);

test("an address from an older state is refused in a refresh, too", () => {
  expect(() => parseConfiguration({ ...good, baseUrl: "http://github.example.com" })).toThrow(
    "the provider in the state cannot be used: baseUrl: would send the admin token and the PAT in clear; use https",
  );
});

test("removals that were allowed by number are allowed once, and not stored", () => {
  const before = { ...good, repositories: '{"api":"main","web":"main"}' };
  const refused = checkConfiguration(before, good);
  expect(refused.failures).toEqual([
    { property: "", reason: expect.stringContaining("removes 1 of 2 repositories") },
  ]);
  const asked = checkConfiguration(before, { ...good, allowRemovals: 1 });
  expect(asked).toEqual({ inputs: good, failures: [] });
});

test.each([
  ["repositories", ["api", "web"], "Invalid input: expected string, received array"],
  ["repositories", '{"api":"main",', "must be JSON: repository name to branch"],
  ["owner", 7, "Invalid input: expected string, received number"],
])("a former %s that cannot be read is no new stack: %j is refused", (property, value, reason) => {
  const { failures } = checkConfiguration({ ...good, [property]: value }, good);
  expect(failures).toEqual([
    {
      property: "",
      reason: `the stack's state does not say which owner and repositories the fleet had: ${property}: ${reason}. If a newer version wrote it, use that version. If it was edited or damaged, restore the last valid one: pulumi stack import --file <backup>`,
    },
  ]);
});

test.each<Properties>([
  {},
  { owner: null, repositories: null },
  { owner: unknownValue, repositories: unknownValue },
])("nothing is compared with a former fleet that is absent or unknown", (olds) => {
  expect(checkConfiguration(olds, good).failures).toEqual([]);
});

test.each([
  [{}, "globex", undefined, true],
  [{ owner: "acme" }, "Acme", undefined, true],
  [{ owner: "acme" }, "globex", undefined, false],
  [{ owner: "acme" }, "globex", "initech", false],
  [{ owner: "acme" }, "globex", "Globex", true],
])("from %j to %s, where %s is allowed: %s", (olds, owner, allowOwner, isAllowed) => {
  const news = { ...good, owner, ...(allowOwner !== undefined && { allowOwner }) };
  const { inputs, failures } = checkConfiguration({ ...good, owner: undefined, ...olds }, news);
  expect(failures.length === 0).toBe(isAllowed);
  // What is allowed once is not kept.
  expect(inputs).toEqual({ ...good, owner });
});
