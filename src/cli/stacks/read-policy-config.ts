import { readFile } from "node:fs/promises";
import {
  parsePolicyConfig,
  PolicyConfigError,
  type PolicyConfig,
} from "../../../policy/policy-config.ts";
import { UsageError } from "../../user-error.ts";

/**
 * Reads the file of `--policy-pack-config`; without one, every rule has its defaults.
 *
 * @throws {UsageError} the file cannot be read, or is not a policy configuration
 */
export async function readPolicyConfig(file: string | undefined): Promise<PolicyConfig> {
  if (file === undefined) return {};
  const text = await readFile(file, "utf8").catch(() => {
    throw new UsageError(`${file}: there is no such file`);
  });
  try {
    return parsePolicyConfig(JSON.parse(text));
  } catch (error) {
    if (error instanceof PolicyConfigError) {
      throw new UsageError(
        `${file} is not a policy configuration:\n  ${error.message.replaceAll("\n", "\n  ")}`,
      );
    }
    throw new UsageError(`${file}: this is not JSON; a policy configuration must be JSON`);
  }
}
