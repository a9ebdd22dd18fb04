import { createPublicKey, verify } from "node:crypto";
import { z } from "zod";
import type { App } from "../world/state/app.ts";
import { ApiError } from "./api-error.ts";
import type { ApiContext } from "./env.ts";

const headerSchema = z.object({ alg: z.literal("RS256") });
const claimsSchema = z.object({
  iss: z.union([z.string(), z.number()]),
  iat: z.unknown(),
  exp: z.unknown(),
});

/** Seconds. https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app */
const longestLife = 600;

/**
 * The App that signed the request's JSON Web Token.
 *
 * @throws {ApiError} 401 or 404 with GitHub's messages
 */
export function signingApp(c: ApiContext): App {
  const [, header, claims, signature] =
    /^bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(c.req.header("authorization") ?? "") ?? [];
  if (!header || !claims || !signature) throw undecodable();
  if (!headerSchema.safeParse(decode(header)).success) throw undecodable();
  const { data } = claimsSchema.safeParse(decode(claims));
  if (!data) throw undecodable();
  const app = [...c.var.world.state.apps.values()].find(
    ({ id }) => String(id) === String(data.iss),
  );
  if (!app) throw new ApiError(404, "Integration not found");
  const isSigned = verify(
    "sha256",
    Buffer.from(`${header}.${claims}`),
    createPublicKey(app.privateKey),
    Buffer.from(signature, "base64url"),
  );
  if (!isSigned) throw undecodable();
  assertInTime(data, Math.floor(c.var.world.clock.now() / 1000));
  return app;
}

function assertInTime({ iat, exp }: z.output<typeof claimsSchema>, now: number): void {
  if (typeof exp !== "number" || exp <= now) {
    throw new ApiError(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (exp > now + longestLife) {
    throw new ApiError(401, "'Expiration time' claim ('exp') is too far in the future");
  }
  if (!Number.isInteger(iat) || (iat as number) > now) {
    throw new ApiError(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}

const undecodable = () => new ApiError(401, "A JSON web token could not be decoded");
