/** Where a fleet publishes. Rules and their texts name github.com and ghcr.io, and mean these. */
export interface PublishingHost {
  /** Host of the registry, as images begin with it: "ghcr.io". */
  readonly registry: string;
  /** Root of the web pages, without a trailing slash. */
  readonly web: string;
}

const githubCom: PublishingHost = { registry: "ghcr.io", web: "https://github.com" };

/** A rule's text for another host. */
export function onHost(text: string, { registry, web } = githubCom): string {
  return text
    .replaceAll(/\bghcr\.io\b/g, () => registry)
    .replaceAll("https://github.com/settings/", () => `${web}/settings/`);
}

/**
 * The host that the provider uses.
 *
 * @param baseUrl root of the REST API
 * @see https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency/network-details-for-ghecom
 * @see https://docs.github.com/en/enterprise-server@latest/rest/quickstart
 */
export function publishingHost(registry: unknown, baseUrl: unknown): PublishingHost {
  const name = typeof registry === "string" ? registry : githubCom.registry;
  if (typeof baseUrl !== "string" || !URL.canParse(baseUrl))
    return { ...githubCom, registry: name };
  const { origin, host, pathname } = new URL(baseUrl);
  const [, resident] = /^api\.([a-z0-9-]+\.ghe\.com)$/.exec(host) ?? [];
  if (resident !== undefined) return { registry: name, web: `https://${resident}` };
  const isServer = /\/api\/v3\/?$/.test(pathname);
  const web = isServer ? origin + pathname.replace(/\/api\/v3\/?$/, "") : githubCom.web;
  return { registry: name, web };
}
