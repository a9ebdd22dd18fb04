import { createMiddleware } from "hono/factory";
import { anonymous, type Actor } from "../world/actor.ts";
import type { World } from "../world/world.ts";
import { ApiError } from "./api-error.ts";
import type { Env } from "./env.ts";
import type { Context } from "hono";
import type { Client } from "../world/actor.ts";

/**
 * Identifies the caller, and adds the token's scopes and expiry to every answer.
 * https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api
 */
export const authenticate = createMiddleware<Env>(async (c, next) => {
  if (c.req.header("user-agent") === undefined) {
    throw new ApiError(
      403,
      "Request forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required).",
    );
  }
  const found = actorFrom(c.var.world, c.req.header("authorization"));
  const actor = found.kind === "anonymous" ? found : { ...found, client: clientOf(c) };
  c.set("actor", actor);
  await next();
  if (actor.kind === "classic") {
    c.header("X-OAuth-Scopes", scopesOf(c.var.world, actor.tokenName));
    c.header("X-Accepted-OAuth-Scopes", c.var.acceptedScopes);
  }
  if (actor.kind !== "anonymous" && actor.expiresAt !== null && actor.kind !== "job") {
    const [day = "", time = ""] = new Date(actor.expiresAt).toISOString().split("T");
    c.header("github-authentication-token-expiration", `${day} ${time.slice(0, 8)} UTC`);
  }
});

function scopesOf(world: World, tokenName: string): string {
  return [...(world.state.tokens.get(tokenName)?.scopes ?? [])].sort().join(", ");
}

/** The holder of the token in an `Authorization` header; throws if there is none. */
export function actorFrom(world: World, header: string | undefined): Actor {
  if (header === undefined) return anonymous;
  const [scheme = "", credentials = ""] = header.split(/\s+/, 2);
  const isBasic = scheme.toLowerCase() === "basic";
  const actor = world.authenticate(isBasic ? basicToken(credentials) : credentials);
  if (actor === undefined) throw new ApiError(401, "Bad credentials");
  return actor;
}

/**
 * The token is the password, or the user name: https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api
 * and https://github.blog/news-insights/easier-builds-and-deployments-using-git-over-https-and-oauth/
 */
function basicToken(credentials: string): string {
  const [user = "", password = ""] = Buffer.from(credentials, "base64")
    .toString("utf8")
    .split(/:(.*)/s, 2);
  return password === "" || password === "x-oauth-basic" ? user : password;
}

/** The client's address as the server sees it, whatever headers the client sends. */
export function clientOf(c: Context): Client {
  const { incoming } = (c.env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return {
    address: incoming?.socket?.remoteAddress?.replace(/^::ffff:/, ""),
    userAgent: c.req.header("user-agent"),
  };
}
