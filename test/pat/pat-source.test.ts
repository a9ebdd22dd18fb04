import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { readPatSources } from "../../src/pat/pat-source.ts";

const token = `ghp_${randomBytes(20).toString("hex")}`;

/** A configuration: values in clear, and names of keys that are encrypted. */
const read = (plain: Record<string, string>, encrypted: readonly string[] = []) =>
  readPatSources((key) => {
    if (encrypted.includes(key)) return { value: plain[key] ?? "", secret: true };
    const value = plain[key];
    return value === undefined ? undefined : { value, secret: false };
  });

test.each([
  [{ env: "GHCR_FLEET_PAT" }],
  [{ command: "op read 'op://ci/ghcr/pat'" }],
  [{ file: "/run/secrets/ghcr-pat" }],
])("the PAT may be read from %j", (source) => {
  expect(read({ "ghcr-fleet:patFrom": JSON.stringify(source) })).toEqual({ pat: source });
});

test("a configuration that holds the PAT, encrypted, names no place", () => {
  expect(read({}, ["ghcr-fleet:pat"])).toEqual({});
});

test.each([
  ["{}"],
  ["GHCR_FLEET_PAT"],
  ['{"env":"GHCR-FLEET"}'],
  ['{"env":"A","file":"/b"}'],
  ['{"file":"relative/pat"}'],
  ['{"command":" "}'],
  ['{"command":"a\\u202eb"}'],
  ['{"command":"a\\nb"}'],
  ['{"vault":"secret/ghcr"}'],
])("another place, %s, is refused with the possible ones", (value) => {
  expect(() => read({ "ghcr-fleet:patFrom": value })).toThrow(
    /^ghcr-fleet:patFrom must say where the PAT is read from: { env: GHCR_FLEET_PAT } [^\n]*$/,
  );
});

test.each(["pat", "nextPat", "previousPat"])("%s in clear is refused", (name) => {
  const refused = () => read({ [`ghcr-fleet:${name}`]: token });
  expect(refused).toThrow(`pulumi config set --secret ghcr-fleet:${name}`);
  expect(refused).not.toThrow(token);
});

test.each([{ env: token }, { command: `echo ${token}` }])(
  "a token in place of its place is refused, and not quoted",
  (source) => {
    const refused = () => read({ "ghcr-fleet:patFrom": JSON.stringify(source) });
    expect(refused).toThrow("ghcr-fleet:patFrom contains a token");
    expect(refused).not.toThrow(token);
  },
);

test("a place is no secret, because the state contains it", () => {
  expect(() => read({ "ghcr-fleet:patFrom": '{"env":"A"}' }, ["ghcr-fleet:patFrom"])).toThrow(
    "ghcr-fleet:patFrom is encrypted, but the state contains it in clear",
  );
});

test("only one of the two can be used", () => {
  expect(() => read({ "ghcr-fleet:patFrom": '{"env":"A"}' }, ["ghcr-fleet:pat"])).toThrow(
    "remove the stored PAT with pulumi config rm ghcr-fleet:pat",
  );
});
