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
  /** The public key of that id, base64: a new value is sealed for it without reading it again. */
  readonly key: string;
}

/** @returns `undefined` where the place has no key, because it does not exist */
export async function trySeal(
  github: GitHubClient,
  inputs: SealedInputs,
  value: string,
): Promise<Sealed | undefined> {
  const where = placeOf(inputs);
  const found = await explaining(`read the public key for ${idOf(inputs)}`, () =>
    readPublicKey(github, where),
  );
  return found && sealFor(found, inputs, value);
}

/** Seals for a key that is known. If it was replaced meanwhile, GitHub refuses the box. */
export async function sealFor(
  { key, keyId }: Pick<Sealed, "key" | "keyId">,
  inputs: SealedInputs,
  value: string,
): Promise<Sealed> {
  const path = `${secretsPath(placeOf(inputs))}/${inputs.name}`;
  const target = { path, publicKey: key, keyId, salt: inputs.salt };
  return { box: await sealDeterministically(value, target), keyId, key };
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
