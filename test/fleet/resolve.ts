import type { Account } from "../../src/account.ts";
import type { Fleet } from "../../src/fleet/fleet.ts";
import { loadFleetConfig } from "../../src/fleet/load-fleet-config.ts";
import { resolveFleet } from "../../src/fleet/resolve-fleet.ts";
import {
  selectRepositories,
  type FoundRepository,
} from "../../src/fleet/selection/select-repositories.ts";
import { githubCom } from "../../src/github-host.ts";

/** The fleet of acme, an organisation on github.com unless it is said, that a configuration describes. */
export function resolve(
  value: unknown,
  found: readonly FoundRepository[],
  more: Partial<Account> = {},
): Fleet {
  const config = loadFleetConfig(value);
  const account = { host: githubCom, owner: "acme", ownerKind: "Organization" as const, ...more };
  return resolveFleet(config, account, selectRepositories(config, "acme", found));
}
