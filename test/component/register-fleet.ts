import { setTimeout } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type { OwnerKind } from "../../src/account.ts";
import { githubCom } from "../../src/github-host.ts";
import { loadFleetConfig } from "../../src/fleet/load-fleet-config.ts";
import { resolveFleet } from "../../src/fleet/resolve-fleet.ts";
import { selectRepositories } from "../../src/fleet/selection/select-repositories.ts";
import { CentralRepository } from "../../src/resources/central-repository.ts";
import { FleetRepository } from "../../src/resources/fleet-repository.ts";
import { GhcrProvider } from "../../src/resources/ghcr-provider.ts";
import { RegistryAccess, type RegistryAccessArgs } from "../../src/resources/registry-access.ts";
import { foundRepository } from "../support/found-repository.ts";

export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

interface Situation extends Pick<RegistryAccessArgs, "reached" | "undeployed" | "later"> {
  readonly ownerKind?: OwnerKind;
}

/**
 * Registers a fleet of the given configuration with Pulumi's mocks and lists the registered resources,
 * in the order of their registration.
 *
 * @param nextPat tried by api, if given
 * @param situation who has the organisation's secret now, and whose wave comes later
 */
export async function registerFleet(
  config: unknown,
  pat: string,
  nextPat?: string,
  { ownerKind = "Organization", ...waves }: Situation = {},
): Promise<Registered[]> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks({
    async newResource({ type, name, inputs }) {
      // The current PAT takes longest, so resources that do not wait for it come before.
      if (nextPat !== undefined && name === "publisher") await setTimeout(200);
      registered.push({ type, name, inputs: inputs as Record<string, unknown> });
      return { id: `${name}-id`, state: { ...inputs, ...outputsOf(type) } };
    },
    call: ({ inputs }) => inputs as Record<string, unknown>,
  });
  const settings = loadFleetConfig(config);
  const found = everything.filter(({ name }) => name !== ".github" || settings.shared);
  const fleet = resolveFleet(
    settings,
    { host: githubCom, owner: "acme", ownerKind },
    selectRepositories(settings, "acme", found),
  );
  await pulumi.runtime.runInPulumiStack(async () => {
    const value = pulumi.secret(pat);
    const provider = new GhcrProvider("ghcr", {
      owner: "acme",
      baseUrl: "http://127.0.0.1",
      repositories: Object.fromEntries(
        fleet.repositories.map(({ name, branch }) => [name, branch]),
      ),
    });
    const next = nextPat === undefined ? undefined : pulumi.secret(nextPat);
    const trial = next && { pat: next, repositories: new Set(["api"]) };
    const { maxTokenDays } = settings;
    const args = { fleet, pat: value, trial, maxTokenDays, ...waves };
    const access = new RegistryAccess("registry-access", args, { provider });
    const central = CentralRepository.of(fleet, { provider });
    for (const repository of fleet.repositories) {
      new FleetRepository({ fleet, repository, access, central, pat: value, trial }, { provider });
    }
    return {};
  });
  await pulumi.runtime.disconnect();
  return registered;
}

const everything = ["api", "web", ".github", "site"].map((name, index) =>
  foundRepository(name, { id: index + 1 }),
);

/** The provider's answer to `check`, as far as other resources read it. */
function outputsOf(type: string): Record<string, unknown> {
  if (type === "ghcr:index:SharedWorkflow") return { commit: "c".repeat(40) };
  return type === "ghcr:index:RegistryToken" ? { owner: "acme-publisher", hash: "hash" } : {};
}
