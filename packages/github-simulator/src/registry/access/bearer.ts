import { authenticationRequired, invalidToken, notAuthenticated } from "./oci-error.ts";
import type { AuthenticatedActor } from "../../world/actor.ts";
import type { World } from "../../world/world.ts";

/** The caller of the registry; `undefined` for an anonymous one. */
export type Caller = AuthenticatedActor | undefined;

/**
 * ghcr.io gives everybody without credentials this fixed bearer token; Homebrew relies on it
 * (https://github.com/Homebrew/brew/blob/main/Library/Homebrew/brew.sh).
 */
const ANONYMOUS = "QQ==";

/**
 * A bearer token for a secret, or the anonymous one. GHCR accepts the base64 of a personal access
 * token, alone or after `user:`, as a bearer (https://github.com/argoproj-labs/argocd-image-updater/issues/303).
 * Because it returns exactly that, nothing has to be stored, and a token that is revoked after
 * the login fails at its next use, as on ghcr.io (https://github.com/autc04/Retro68/issues/274).
 */
export function bearerFor(secret: string | undefined): string {
  return secret === undefined ? ANONYMOUS : Buffer.from(secret).toString("base64");
}

/**
 * The caller of a `/v2/` request.
 * @throws OciError UNAUTHORIZED without a token or with an invalid one, DENIED for any scheme other
 * than Bearer (https://github.com/argoproj-labs/argocd-image-updater/issues/303).
 */
export function identifyCaller(authorization: string | undefined, world: World): Caller {
  if (authorization === undefined) throw authenticationRequired();
  const bearer = /^Bearer (\S+)$/i.exec(authorization)?.[1];
  if (bearer === undefined) throw invalidToken();
  if (bearer === ANONYMOUS) return undefined;
  const caller = world.authenticate(secretIn(bearer));
  if (caller === undefined) throw notAuthenticated();
  return caller;
}

function secretIn(bearer: string): string {
  const decoded = Buffer.from(bearer, "base64").toString().trim();
  return decoded.slice(decoded.indexOf(":") + 1);
}
