/** The host of a registry as people write it: "ghcr.io" for "https://GHCR.io:443/acme"; "" for none. */
export function hostOf(registry: string): string {
  const [host = ""] = registry
    .trim()
    .replace(/^["']|["']$/g, "")
    .replace(/^[a-z]+:\/\//i, "")
    .split("/");
  return host.toLowerCase().replace(/:443$/, "");
}
