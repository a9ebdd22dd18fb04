import type { PolicyConfigSchema } from "@pulumi/policy";
import type { Rule, PolicyContext } from "../model/rule.ts";

export interface SecretNames {
  /** Possible names of the publishing credential. */
  readonly secretNames: readonly string[];
}

/** The threshold of every rule that has to recognise the publishing credential. */
export const secretNamesSchema: PolicyConfigSchema = {
  properties: {
    secretNames: {
      type: "array",
      items: { type: "string", pattern: "^[A-Z_][A-Z0-9_]*$" },
      minItems: 1,
      default: ["GHCR_PAT"],
      description: "Names that the Actions secret with the publishing token may have.",
    },
  },
};

/**
 * A rule's configuration with the fleet's name for its secret, so that the name is configured once.
 * Whether that name is allowed is judged by the rule secret-name, which uses the policy configuration
 * only.
 */
export function withDeclaredSecret(
  { learnsSecretName }: Rule,
  config: object,
  { declaredSecret }: Pick<PolicyContext, "declaredSecret">,
): object {
  const { secretNames = [] } = config as Partial<SecretNames>;
  if (!learnsSecretName || declaredSecret === undefined || secretNames.includes(declaredSecret))
    return config;
  return { ...config, secretNames: [...secretNames, declaredSecret] };
}
