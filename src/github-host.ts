import { isLoopback } from "./private-url.ts";
import { UsageError } from "./user-error.ts";

/** A GitHub that `github:baseUrl` names. All addresses derive from it. */
export interface GitHubHost {
  readonly kind: "github.com" | "data-residency" | "enterprise-server";
  /** Root of the REST API, without a trailing slash: `https://api.github.com`. */
  readonly api: string;
  /** Root of the web pages and of git, without a trailing slash: `https://github.com`. */
  readonly web: string;
}

/** What an Enterprise Server has not, by GitHub's descriptions of its REST API up to 3.19. */
export type HostFeature =
  | "artifact attestations"
  | "artifacts of version 4"
  | "workflow lockfiles"
  | "API that revokes PATs";

export const githubCom: GitHubHost = {
  kind: "github.com",
  api: "https://api.github.com",
  web: "https://github.com",
};

/**
 * The host of a base URL, in every spelling that @pulumi/github takes, so that both providers use the same GitHub.
 * A bare address of this machine stands in for github.com, as the simulator does; with the path `/api/v3` it is an
 * Enterprise Server.
 *
 * @param baseUrl a URL
 * @see https://github.com/integrations/terraform-provider-github/blob/v6.13.0/github/config.go
 * @see https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency/network-details-for-ghecom
 * @see https://docs.github.com/en/enterprise-server@latest/rest/quickstart
 */
export function gitHubHost(baseUrl: string): GitHubHost {
  const { origin, protocol, host, pathname } = new URL(baseUrl);
  const path = pathname.replace(/\/+$/, "");
  if (host === "api.github.com" || host === "github.com") return githubCom;
  const [, subdomain] = /^(?:api\.)?([a-z0-9-]+)\.ghe\.com$/.exec(host) ?? [];
  if (subdomain !== undefined) {
    const web = `${protocol}//${subdomain}.ghe.com`;
    return { kind: "data-residency", api: `${protocol}//api.${subdomain}.ghe.com`, web };
  }
  if (path === "" && isLoopback(baseUrl)) return { ...githubCom, api: origin };
  const web = `${origin}${path.replace(/\/api\/v3$/, "")}`;
  return { kind: "enterprise-server", api: `${web}/api/v3`, web };
}

/**
 * Name of the container registry, as images begin with it: "ghcr.io".
 *
 * An Enterprise Server has it only with subdomain isolation.
 *
 * @param chosen `fleet.registry`
 * @throws {UsageError} the host has no name below which a registry could be
 * @see https://docs.github.com/en/enterprise-server@latest/admin/configuring-settings/hardening-security-for-your-enterprise/enabling-subdomain-isolation#about-subdomain-isolation
 */
export function registryOf({ kind, web }: GitHubHost, chosen?: string): string {
  if (chosen !== undefined) return chosen;
  if (kind === "github.com") return "ghcr.io";
  const { hostname, host } = new URL(web);
  if (!isAddress(hostname)) return `containers.${host}`;
  throw new UsageError(
    `fleet.registry is missing: ${host} is an address, and no name of a container registry follows from it; write fleet.registry: <host of the registry>`,
  );
}

/** IPv4, IPv6, or a name without a domain. */
function isAddress(hostname: string): boolean {
  return /^(?:[\d.]+|\[.*\]|[^.]*)$/.test(hostname);
}

/** Why a feature is not used on a host; `undefined` where the host has it. */
export function lacking({ kind, web }: GitHubHost, feature: HostFeature): string | undefined {
  return kind === "enterprise-server"
    ? `${new URL(web).host} is an Enterprise Server, which has no ${feature}`
    : undefined;
}
