import { sign } from "node:crypto";
import type { Simulator } from "../../src/index.ts";

/**
 * The JSON Web Token of an App, by the simulator's clock.
 * @param change claims that differ; times in seconds
 */
export function appJwt(
  { world, clock }: Simulator,
  slug: string,
  change: Readonly<Record<string, unknown>> = {},
): string {
  const { id, privateKey } = world.app(slug);
  const now = Math.floor(clock.now() / 1000);
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { iat: now - 60, exp: now + 540, iss: String(id), ...change };
  const text = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  return `${text}.${sign("sha256", Buffer.from(text), privateKey).toString("base64url")}`;
}
