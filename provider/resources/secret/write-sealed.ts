import {
  isKeyReplaced,
  readSecret,
  writeSecret,
  type SecretMetadata,
} from "../../../src/github/secrets/actions-secrets.ts";
import { explaining } from "../../../src/github/client/explain-failure.ts";
import type { GitHubClient } from "../../../src/github/client/github-client.ts";
import { hashToken } from "../../../src/github/tokens/inspect-token.ts";
import { UserError } from "../../../src/user-error.ts";
import type { Properties } from "../../protocol/property-values.ts";
import { seal, type Sealed } from "./seal.ts";
import { idOf, placeOf, repositoryIds, type SealedInputs } from "./secret-place.ts";
import { untilVisible } from "../until-visible.ts";
import type { Vault } from "../vault.ts";

/** Writes value and repository list with one PUT, and reads GitHub's date of the write. */
export async function writeSealed(
  github: GitHubClient,
  vault: Vault,
  inputs: SealedInputs,
): Promise<Properties> {
  const { writtenAt, ...sealed } = await explaining(`write the secret ${idOf(inputs)}`, () =>
    putSealed(github, vault, inputs),
  );
  const { updatedAt } = await explaining(`read the secret ${idOf(inputs)}`, () =>
    readBack(github, inputs, writtenAt),
  );
  const granted = inputs.repositories && { granted: inputs.repositories };
  return { ...inputs, ...sealed, updatedAt, ...granted };
}

/** Seals again, once, if the target's key was replaced after `check` had read it. */
async function putSealed(
  github: GitHubClient,
  vault: Vault,
  inputs: SealedInputs,
): Promise<Partial<Sealed> & { writtenAt: string | undefined }> {
  const put = async ({ box, keyId }: Pick<Sealed, "box" | "keyId">) => {
    const write = { box, keyId, repositoryIds: repositoryIds(inputs) };
    return {
      box,
      keyId,
      writtenAt: await writeSecret(github, placeOf(inputs), inputs.name, write),
    };
  };
  try {
    return await put(inputs);
  } catch (error) {
    const value = vault.find((each) => hashToken(each) === inputs.hash);
    if (!isKeyReplaced(error) || value === undefined) throw error;
    const sealed = await seal(github, inputs, value);
    return { key: sealed.key, ...(await put(sealed)) };
  }
}

/** GitHub's dates are in whole seconds. */
async function readBack(
  github: GitHubClient,
  inputs: SealedInputs,
  writtenAt: string | undefined,
): Promise<SecretMetadata> {
  const notBefore = writtenAt ? Date.parse(writtenAt) - 2000 : 0;
  const shown = await untilVisible(async () => {
    const found = await readSecret(github, placeOf(inputs), inputs.name);
    return found && Date.parse(found.updatedAt) >= notBefore ? found : undefined;
  });
  if (shown) return shown;
  throw new UserError(
    `the secret ${idOf(inputs)} was written, but GitHub does not show it yet; run \`pulumi up --refresh\``,
  );
}
