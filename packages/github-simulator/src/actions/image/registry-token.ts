import type { Credentials } from "./docker-config.ts";
import type { RegistryFetch } from "./registry-fetch.ts";

/** What a registry asks for in `WWW-Authenticate: Bearer …`. */
export interface BearerChallenge {
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
