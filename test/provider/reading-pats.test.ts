import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { unknownValue } from "../../provider/protocol/property-values.ts";
import { readingPats } from "../../provider/resources/reading-pats.ts";
import { registryToken } from "../../provider/resources/registry-token.ts";
import { Vault } from "../../provider/resources/vault.ts";
import { createGitHubClient } from "../../src/github/client/github-client.ts";
import { hashToken } from "../../src/github/tokens/inspect-token.ts";
import type { PatSource } from "../../src/pat/pat-source.ts";
import { readByProvider, withheldPat } from "../../src/pat/stand-ins.ts";
import { startProvider, type Provider } from "./start-provider.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-pat-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let at: Provider;
let vault: Vault;
beforeEach(async () => {
  at = await startProvider();
  vault = new Vault();
});

const request = { scope: "repository", owner: "acme", repository: "api", name: "GHCR_PAT" };
const fromProvider = { ...request, value: readByProvider.pat };

function reading(
  source: PatSource | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
) {
  const patFrom = source && JSON.stringify(source);
  const stop = new AbortController().signal;
  return readingPats({ patFrom, nextPatFrom: undefined }, vault, environment, stop);
}

test.each([
  ["env", (value: string) => ({ source: { env: "CI_PAT" }, environment: { CI_PAT: value } })],
  [
    "command",
    (value: string) => ({
      source: { command: `printf '%s\\n' "$CI_PAT"` },
      environment: { ...process.env, CI_PAT: value },
    }),
  ],
  ["file", () => ({ source: { file: join(folder, "pat") }, environment: {} })],
])("a secret is sealed from the PAT in %s, which is in no input", async (_, placeOf) => {
  const value = randomBytes(20).toString("hex");
  await writeFile(join(folder, "pat"), `${value}\n`, { mode: 0o600 });
  const { source, environment } = placeOf(value);
  const secret = reading(source, environment)(at.secret);
  const { inputs } = await secret.check({}, fromProvider, at.context);
  expect(inputs["hash"]).toBe(hashToken(value));
  expect(JSON.stringify(inputs)).not.toContain(value);
  expect(vault.redact(`a ${value}`)).toBe("a [secret]");
  await secret.create(inputs, false, at.context);
  const place = { scope: "repository", repository: "acme/api" } as const;
  expect(at.world.secretValue(place, "GHCR_PAT")).toBe(value);
  const again = await secret.check(inputs, fromProvider, at.context);
  expect(secret.diff(inputs, again.inputs, {})).toEqual({});
});

test("the token says which kind of place it comes from, for the policies", async () => {
  const github = (token: string) => createGitHubClient({ baseUrl: at.simulator.url, token });
  const value = at.world.tokenValue("publisher");
  const wrapped = reading({ env: "CI_PAT" }, { CI_PAT: value })(registryToken(github, vault));
  const { inputs } = await wrapped.check({}, { value: readByProvider.pat }, at.context);
  expect(inputs).toMatchObject({ hash: hashToken(value), source: "env" });
  const direct = await wrapped.check({}, { value, source: "env" }, at.context);
  expect(direct.inputs["source"]).toBeUndefined();
});

test("the place is read once, and only for a value that comes from there", async () => {
  const log = join(folder, "log");
  const wrap = reading({ command: `echo read >> '${log}'; echo word` });
  const secret = wrap(at.secret);
  await secret.check({}, { ...request, value: "given" }, at.context);
  await Promise.all([1, 2, 3].map(() => secret.check({}, fromProvider, at.context)));
  await wrap(at.secret).check({}, fromProvider, at.context);
  expect(await readFile(log, "utf8")).toBe("read\n");
});

test("a file that every user can read is warned of once", async () => {
  const file = join(folder, "open");
  await writeFile(file, "word", { mode: 0o644 });
  const secret = reading({ file })(at.secret);
  await secret.check({}, fromProvider, at.context);
  await secret.check({}, fromProvider, at.context);
  expect(at.warnings).toEqual([expect.stringContaining(`chmod o-r ${file}`)]);
});

test("a failure says what is missing and where", async () => {
  const secret = reading({ env: "CI_PAT" }, {})(at.secret);
  await expect(secret.check({}, fromProvider, at.context)).rejects.toThrow(
    "the environment variable CI_PAT, which ghcr-fleet:patFrom names, is not set",
  );
});

test("what stands for the PAT is never written, even if no place is known", async () => {
  const secret = reading(undefined)(at.secret);
  await expect(secret.check({}, fromProvider, at.context)).rejects.toThrow(
    "ghcr-fleet:patFrom must say where the PAT is read from",
  );
});

test.each([
  ["the value of a variable", readByProvider.pat],
  ["part of it", `acme:${readByProvider.nextPat}`],
  ["the value that a preview withholds", withheldPat],
])("a variable never gets the PAT: %s", async (_, value) => {
  const log = join(folder, "variable");
  const variable = reading({ command: `touch '${log}'; echo word` })(at.variable);
  const { inputs, failures } = await variable.check({}, { ...request, value }, at.context);
  expect(inputs).toEqual({});
  expect(failures).toEqual([
    {
      property: "",
      reason: expect.stringMatching(/^the input value contains .+: give it another/),
    },
  ]);
  expect(failures[0]!.reason).not.toContain(value);
  await expect(readFile(log)).rejects.toThrow("ENOENT");
});

test("a secret never gets the PAT in another input, or a part of it", async () => {
  const secret = reading({ env: "CI_PAT" }, { CI_PAT: "word" })(at.secret);
  const place = { ...fromProvider, environment: readByProvider.pat };
  const part = { ...request, value: `acme:${readByProvider.pat}` };
  for (const inputs of [place, part]) {
    expect((await secret.check({}, inputs, at.context)).failures).toHaveLength(1);
  }
});

test("where the PAT is withheld, it is not read, even if the program asks for it", async () => {
  const log = join(folder, "withheld");
  const environment = { ...process.env, GHCR_FLEET_WITHOUT_PAT: "1" };
  const secret = reading({ command: `touch '${log}'; echo word` }, environment)(at.secret);
  const { inputs } = await secret.check({}, fromProvider, at.context);
  expect(inputs).toMatchObject({ hash: unknownValue, box: unknownValue });
  await expect(readFile(log)).rejects.toThrow("ENOENT");
});
