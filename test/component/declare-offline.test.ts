import { expect, test } from "vitest";
import { isUnknownValue } from "../../policy/model/unknown-value.ts";
import type { Resource } from "../../policy/model/rule.ts";
import { githubCom } from "../../src/github-host.ts";
import { declareOffline } from "../../src/cli/check/declare-offline.ts";
import { loadFleetConfig } from "../../src/fleet/load-fleet-config.ts";
import { resolveOffline } from "../../src/fleet/resolve-offline.ts";
import { registerFleet } from "./register-fleet.ts";

const configs = [
  { repositories: [{ name: "api" }, { name: "web" }] },
  {
    secret: { scope: "repository", name: "PUBLISH_TOKEN" },
    defaults: { branch: "trunk", onRemove: "delete" },
    repositories: [
      { name: "api", image: "data/api", platforms: ["linux/arm64"], buildArgs: { A: "b" } },
      { name: "web", actions: { tokenPermissions: "unmanaged", requirePinnedActions: true } },
      { match: "a*", timeoutMinutes: 5 },
    ],
  },
  {
    secret: { scope: "environment" },
    repositories: [
      { name: "api", actions: { tokenPermissions: "write", allowed: ["docker/*"] } },
      { name: "web", package: { visibility: "public", bootstrap: true } },
    ],
  },
  {
    shared: { repository: "acme/.github" },
    defaults: { form: "shared", timeoutMinutes: 20 },
    repositories: [
      { name: "api", runner: "ubuntu-22.04" },
      { name: "web", form: "inline" },
    ],
  },
  {
    repositories: [
      { name: "api", workflows: "repair", images: { add: ["worker"] } },
      { name: "web", workflows: "none" },
    ],
  },
];

test.each(configs)("check judges offline what the program declares: %j", async (config) => {
  const settings = loadFleetConfig(config);
  const entries = resolveOffline(settings, { host: githubCom, owner: "acme" }).filter(
    ({ named }) => named,
  );
  const place = { path: "Pulumi.test.yaml", line: 1 };
  const { resources } = declareOffline(privateOnly(entries), {}, () => place);
  const registered = await registerFleet(config, "value");

  const types = new Set(resources.map(({ type }) => type));
  const titles = (all: readonly { type: string; name: string }[]) => all.map(({ type }) => type);
  expect(titles(resources).sort()).toEqual(
    titles(registered.filter(({ type }) => types.has(type))).sort(),
  );
  for (const resource of resources) {
    const known = knownOf(resource);
    const same = registered.filter(
      ({ type, inputs }) =>
        type === resource.type && inputs["repository"] === resource.props["repository"],
    );
    expect(same, resource.urn).toHaveLength(1);
    expect(same[0]?.inputs).toMatchObject(known);
  }
});

/** The mocked GitHub has private repositories only. */
function privateOnly(entries: ReturnType<typeof resolveOffline>) {
  return entries.map((entry) => ({
    ...entry,
    fleets: entry.fleets.filter(({ repositories: [repository] }) => {
      return repository?.visibility === "private";
    }),
  }));
}

function knownOf({ type, props }: Resource): Record<string, unknown> {
  // The set of repositories is compared by their files.
  if (type === "pulumi:providers:ghcr") return {};
  const known = Object.keys(props).flatMap((key) => {
    try {
      const value = props[key];
      return key === "repositories" || value === undefined ? [] : [[key, value] as const];
    } catch (error) {
      if (isUnknownValue(error)) return [];
      throw error;
    }
  });
  return Object.fromEntries(known);
}
