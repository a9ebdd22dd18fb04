import { badCredentials, authenticationRequired, notAuthenticated } from "./oci-error.ts";
import type { Credential, RegistryHost } from "./registry-host.ts";

/** Who makes a request to the registry: `undefined` is an anonymous bearer. */
export type Caller = Credential | undefined;

/**
 * ghcr.io hands everybody without credentials this fixed bearer token; Homebrew relies on it
 * (https://github.com/Homebrew/brew/blob/main/Library/Homebrew/brew.sh).
 */
const ANONYMOUS = "QQ==";

/**
 * A bearer token for a secret, or the anonymous one. GHCR's bearer tokens are no JWTs
 * (https://github.com/radius-project/radius/pull/12623); for a personal access token it is the
 * base64 of the token. So nothing needs to be remembered, and a token that dies after the login
 * fails at its next use, as it does there (https://github.com/autc04/Retro68/issues/274).
 */
export function bearerFor(secret: string | undefined): string {
  return secret === undefined ? ANONYMOUS : Buffer.from(secret).toString("base64");
}

/**
 * The caller of a `/v2/` request.
 * @throws OciError UNAUTHORIZED without a token or with a dead one, DENIED for any other scheme
 * than Bearer (https://github.com/renovatebot/renovate/issues/11446).
 */
export function identifyCaller(authorization: string | undefined, host: RegistryHost): Caller {
  if (authorization === undefined) throw authenticationRequired();
  const bearer = /^Bearer (\S+)$/i.exec(authorization)?.[1];
  if (bearer === undefined) throw badCredentials();
  if (bearer === ANONYMOUS) return undefined;
  const credential = host.authenticate(Buffer.from(bearer, "base64").toString());
  if (credential?.live !== true) throw notAuthenticated();
  return credential;
}
