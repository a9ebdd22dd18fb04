import { StepFailure } from "../action/known-action.ts";
import type { Credentials } from "./docker-config.ts";

/** The registry that the simulator has: its name, and the address that answers for it. */
export interface RegistryPlace {
  readonly registryName: string;
  readonly registryUrl: string;
}

export type RegistryFetch = (url: URL, init?: RequestInit) => Promise<Response>;

/**
 * `fetch` for `https://ghcr.io/…`, sent to the simulator's registry. Redirects, realms and
 * locations that name the real address work as well.
 * @throws StepFailure for any other registry, and if nothing answers
 */
export function createRegistryFetch(
  { registryName, registryUrl }: RegistryPlace,
  signal: AbortSignal,
): RegistryFetch {
  const base = new URL(registryUrl);
  return async (url, init = {}) => {
    if (url.host !== registryName && url.host !== base.host) {
      throw new StepFailure(
        `Get "${url.href}": the simulator has no registry other than ${registryName}`,
      );
    }
    const target = new URL(`${url.pathname}${url.search}`, base);
    try {
      return await fetch(target, { ...init, signal });
    } catch (error) {
      if (signal.aborted) throw error;
      const shown = new URL(`${url.pathname}${url.search}`, `https://${registryName}`);
      throw new StepFailure(
        `failed to do request: ${init.method ?? "GET"} "${shown.href}": dial tcp: connect: connection refused`,
        { cause: error },
      );
    }
  };
}

/**
 * The reason a registry gives, e.g. `denied: permission_denied: write_package`, as docker and
 * buildx print it: the code in lower case and the message; without them the status alone.
 * @param request e.g. `POST request to https://ghcr.io/v2/acme/api/blobs/uploads/`
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
 */
export async function refusalOf(response: Response, request: string): Promise<StepFailure> {
  const status = `${response.status} ${response.statusText}`.trim();
  const fallback = `unexpected status from ${request}: ${status}`;
  const body = await response.text();
  try {
    const { errors } = JSON.parse(body) as { errors?: { code?: string; message?: string }[] };
    const [first] = errors ?? [];
    if (first?.code === undefined) return new StepFailure(fallback);
    return new StepFailure(`${first.code.toLowerCase()}: ${first.message ?? status}`);
  } catch {
    return new StepFailure(fallback);
  }
}

/** What a registry asks for in `WWW-Authenticate: Bearer …`. */
interface BearerChallenge {
  readonly realm: string;
  readonly service: string;
}

/** https://distribution.github.io/distribution/spec/auth/token/ */
export function readChallenge(response: Response): BearerChallenge | undefined {
  const header = response.headers.get("www-authenticate") ?? "";
  if (!/^bearer /i.test(header)) return undefined;
  const parameter = (name: string): string =>
    new RegExp(`${name}="([^"]*)"`).exec(header)?.[1] ?? "";
  return { realm: parameter("realm"), service: parameter("service") };
}

/** Asks the token endpoint; the caller judges the answer. */
export function requestToken(
  fetchRegistry: RegistryFetch,
  challenge: BearerChallenge,
  credentials: Credentials | undefined,
  parameters: Readonly<Record<string, string>>,
): { response: Promise<Response>; url: URL } {
  const url = new URL(challenge.realm);
  url.searchParams.set("service", challenge.service);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return {
    url,
    response: fetchRegistry(url, {
      headers:
        credentials === undefined
          ? {}
          : {
              authorization: `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64")}`,
            },
    }),
  };
}

/** @returns the bearer token of a token endpoint's answer */
export async function readToken(response: Response): Promise<string> {
  const body = (await response.json()) as { token?: string; access_token?: string };
  return body.token ?? body.access_token ?? "";
}
