import { z } from "zod";
import { secret, type ResourceProperties } from "./resource-properties.ts";

export const registryTokenProperties = {
  token: "ghcr:index:RegistryToken",
  description: "The publishing PAT as GitHub describes it. Its value is in no state.",
  args: z.object({
    value: secret(z.string(), "The PAT, which is inspected and not stored."),
    owner: z.string().optional().describe("The login that must own it."),
    maxDays: z.int().optional().describe("The maximum number of days that it may still be valid."),
  }),
  state: z.object({
    hash: z.string().describe("base64 SHA-256, as in the audit log's hashed_token."),
    kind: z.string().describe("classic, fine-grained, app or unknown."),
    owner: z.string().describe("Login of the token's account."),
    scopes: z.array(z.string()),
    source: z
      .enum(["env", "command", "file"])
      .optional()
      .describe("Where the provider read it; absent when the program gave it."),
    expiresAt: z.string().nullish().describe("ISO-8601; absent when it never expires."),
    firstSeenAt: z
      .string()
      .optional()
      .describe("ISO-8601, by GitHub's clock: when this token was first given to the stack."),
  }),
} satisfies ResourceProperties;
