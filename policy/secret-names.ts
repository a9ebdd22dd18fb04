import type { PolicyConfigSchema } from "@pulumi/policy";

export interface SecretNames {
  /** Names that the publishing credential may have. */
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
