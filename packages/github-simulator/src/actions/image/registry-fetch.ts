import { RegistryRefusal } from "./registry-refusal.ts";

/** The registry that the simulator has: its name, and the address that answers for it. */
export interface RegistryPlace {
  readonly registryName: string;
  readonly registryUrl: string;
}

export type RegistryFetch = (url: URL, init?: RequestInit) => Promise<Response>;

/**
 * `fetch` for `https://ghcr.io/…`, sent to the simulator's registry. Redirects, realms and
 * locations that name the real address work as well.
 * @throws RegistryRefusal for any other registry, and if nothing answers
 */
export function createRegistryFetch(
  { registryName, registryUrl }: RegistryPlace,
  signal: AbortSignal,
): RegistryFetch {
  const base = new URL(registryUrl);
  return async (url, init = {}) => {
    if (url.host !== registryName && url.host !== base.host) {
      throw new RegistryRefusal(
        `Get "${url.href}": the simulator has no registry other than ${registryName}`,
      );
    }
    const target = new URL(`${url.pathname}${url.search}`, base);
    try {
      return await fetch(target, { ...init, signal });
    } catch (error) {
      if (signal.aborted) throw error;
      const shown = new URL(`${url.pathname}${url.search}`, `https://${registryName}`);
      throw new RegistryRefusal(
        `failed to do request: ${init.method ?? "GET"} "${shown.href}": dial tcp: connect: connection refused`,
        { cause: error },
      );
    }
  };
}
