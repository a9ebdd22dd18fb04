import { randomBytes } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { unknownValue } from "../../provider/protocol/property-values.ts";
import { registryToken } from "../../provider/resources/registry-token.ts";
import { Vault } from "../../provider/resources/vault.ts";
import { createGitHubClient } from "../../src/github/client/github-client.ts";
import { withheldPat } from "../../src/pat/stand-ins.ts";
import { startProvider, type Provider } from "./start-provider.ts";

const value = randomBytes(20).toString("hex");
const request = { scope: "repository", owner: "acme", repository: "api", name: "GHCR_PAT" };
const withheld = { ...request, value: withheldPat };

let at: Provider;
beforeEach(async () => void (at = await startProvider()));

const token = () =>
  registryToken(
    (pat) => createGitHubClient({ baseUrl: at.simulator.url, token: pat }),
    new Vault(),
  );

test("a secret whose value is withheld is unchanged, without a request", async () => {
  const { inputs } = await at.secret.check({}, { ...request, value }, at.context);
  const before = at.simulator.requests.length;
  const again = await at.secret.check(inputs, withheld, at.context);
  expect(at.simulator.requests.length).toBe(before);
  expect(at.secret.diff(inputs, again.inputs, {})).toEqual({});
});

test("a secret that is new, or was overwritten, is left open", async () => {
  const fresh = await at.secret.check({}, withheld, at.context);
  expect(fresh.failures).toEqual([]);
  expect(fresh.inputs).toMatchObject({ hash: unknownValue, box: unknownValue, salt: "0" });
  const overwritten = await at.secret.check({ ...request, salt: "0" }, withheld, at.context);
  expect(overwritten.inputs).toMatchObject({ hash: unknownValue, box: unknownValue, salt: "1" });
});

test("a secret in another place is another secret", async () => {
  const { inputs } = await at.secret.check({}, { ...request, value }, at.context);
  const moved = await at.secret.check(inputs, { ...withheld, name: "OTHER" }, at.context);
  expect(moved.inputs).toMatchObject({ name: "OTHER", box: unknownValue });
});

test("a token that is withheld is unchanged, or unknown", async () => {
  const known = { hash: "h", kind: "classic", owner: "acme-publisher", scopes: [] };
  const resource = token();
  const again = await resource.check(known, { value: withheldPat }, at.context);
  expect(again.inputs).toEqual(known);
  const { inputs } = await resource.check({}, { value: withheldPat }, at.context);
  expect(inputs).toMatchObject({ hash: unknownValue, owner: unknownValue });
});

test("the stand-in is never written", async () => {
  const { inputs } = await at.secret.check({}, withheld, at.context);
  await expect(at.secret.create(inputs, false, at.context)).rejects.toThrow();
  const place = { scope: "repository", repository: "acme/api" } as const;
  expect(at.world.secretValue(place, "GHCR_PAT")).toBeUndefined();
});
