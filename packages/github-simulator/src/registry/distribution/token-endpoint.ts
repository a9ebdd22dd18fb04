import type { Context } from "hono";
import { bearerFor } from "../access/bearer.ts";
import { authenticationRequired, badCredentials, unsupported } from "../access/oci-error.ts";
import { openForPull, type RegistryContext } from "../registry-context.ts";
import { parseImageName } from "./registry-route.ts";

/**
 * The token exchange (https://distribution.github.io/distribution/spec/auth/token/ and, for POST,
 * https://distribution.github.io/distribution/spec/auth/oauth/). Any valid token gets a bearer,
 * whatever scope it requests: its rights are checked when it is used. Only anonymous requests are
 * refused here, for anything but pulls of public packages.
 */
export async function exchangeToken(c: Context, context: RegistryContext): Promise<Response> {
  if (c.req.method === "POST" && context.dialect === "ghcr") throw unsupported();
  const request = c.req.method === "POST" ? await readForm(c) : readQuery(c);
  if (request === undefined) return c.json({ error: "unsupported_grant_type" }, 400);
  if (request.secret === undefined) assertPublic(request.scopes, context);
  else if (context.world.authenticate(request.secret) === undefined) throw badCredentials();
  const token = bearerFor(request.secret);
  return c.req.method === "POST"
    ? c.json({ token, access_token: token, token_type: "Bearer" })
    : c.json({ token });
}

interface TokenRequest {
  secret: string | undefined;
  scopes: string[];
}

function readQuery(c: Context): TokenRequest {
  return { secret: basicPassword(c), scopes: splitScopes(c.req.queries("scope") ?? []) };
}

/** Which field of the form holds the secret, by grant type. */
const SECRET_FIELDS = new Map([
  ["password", "password"],
  ["refresh_token", "refresh_token"],
]);

async function readForm(c: Context): Promise<TokenRequest | undefined> {
  const form = new URLSearchParams(await c.req.text());
  const scopes = splitScopes(form.getAll("scope"));
  const field = SECRET_FIELDS.get(form.get("grant_type") ?? "");
  if (field === undefined) return undefined;
  return { secret: form.get(field) ?? "", scopes };
}

function splitScopes(values: string[]): string[] {
  return values.flatMap((value) => value.split(" ")).filter((scope) => scope !== "");
}

/** GHCR checks the password only: any user name can log in. */
function basicPassword(c: Context): string | undefined {
  const encoded = /^Basic (\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const pair = Buffer.from(encoded, "base64").toString();
  return pair.slice(pair.indexOf(":") + 1);
}

function assertPublic(scopes: string[], context: RegistryContext): void {
  if (scopes.length === 0) throw authenticationRequired();
  for (const scope of scopes) {
    const path = /^repository:([^:]+):/.exec(scope)?.[1];
    if (path === undefined) throw authenticationRequired();
    openForPull({ ...context, caller: undefined, image: parseImageName(path) });
  }
}
