import { validationFailed } from "../../http/api-error.ts";
import type { ApiContext } from "../../http/env.ts";
import { isInUse, parseSshKey } from "../../world/accounts/ssh-keys.ts";

/**
 * A key that is not in use yet.
 * @throws GitHub's refusal: https://github.com/ansible-collections/community.general/issues/6718
 */
export function readSshKey(c: ApiContext, line: string): { key: string; comment: string } {
  const refused = (message: string) =>
    validationFailed({ resource: "PublicKey", code: "custom", field: "key", message });
  const parsed = parseSshKey(line);
  if (parsed === undefined) {
    throw refused("key is invalid. You must supply a key in OpenSSH public key format");
  }
  if (isInUse(c.var.world, parsed.key)) throw refused("key is already in use");
  return parsed;
}
