import { readPublicKey, secretsPath } from "../../../src/github/secrets/actions-secrets.ts";
import { explaining } from "../../../src/github/client/explain-failure.ts";
import type { GitHubClient } from "../../../src/github/client/github-client.ts";
import { sealDeterministically } from "../../../src/github/secrets/sealed-box.ts";
import { UserError } from "../../../src/user-error.ts";
import { idOf, placeOf, type SealedInputs } from "./secret-place.ts";

export interface Sealed {
  /** base64 */
  readonly box: string;
  readonly keyId: string;
}

/** @returns `undefined` where the place has no key, because it does not exist */
export async function trySeal(
  github: GitHubClient,
  inputs: SealedInputs,
  value: string,
): Promise<Sealed | undefined> {
  const where = placeOf(inputs);
  const key = await explaining(`read the public key for ${idOf(inputs)}`, () =>
    readPublicKey(github, where),
  );
  if (!key) return undefined;
  const path = `${secretsPath(where)}/${inputs.name}`;
  const target = { path, publicKey: key.key, keyId: key.keyId, salt: inputs.salt };
  return { box: await sealDeterministically(value, target), keyId: key.keyId };
}

/** @throws {UserError} the place does not exist, or the token may not manage it */
export async function seal(
  github: GitHubClient,
  inputs: SealedInputs,
  value: string,
): Promise<Sealed> {
  const sealed = await trySeal(github, inputs, value);
  if (sealed) return sealed;
  throw new UserError(
    `cannot write the secret ${idOf(inputs)}: there is no such ${inputs.scope}, ` +
      "or the admin token may not manage its secrets (scopes admin:org for an organisation, repo else)",
  );
}
