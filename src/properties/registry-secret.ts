import { z } from "zod";
import { secret, type ResourceProperties } from "./resource-properties.ts";

const owner = z.string().min(1);
const repository = z.string().min(1).describe("For the scopes repository and environment.");
const environment = z.string().min(1).describe("For the scope environment.");
const repositories = z
  .record(z.string(), z.int().positive())
  .describe("For the scope organization: the repositories that may use it, name to numeric id.");
const name = z
  .string()
  .regex(/^(?!GITHUB_)[A-Z_][A-Z0-9_]*$/i, "letters, digits and _ only, not starting with GITHUB_")
  .describe("Name of the Actions secret, e.g. GHCR_PAT.");
const value = secret(z.string().min(1), "The value, which is sealed at once.");

export const registrySecretProperties = {
  token: "ghcr:index:RegistrySecret",
  description:
    "An Actions secret whose value is in no state, plan or diff; they contain only a sealed box and a hash.",
  args: z.discriminatedUnion("scope", [
    z.object({ scope: z.literal("organization"), owner, repositories, name, value }),
    z.object({ scope: z.literal("repository"), owner, repository, name, value }),
    z.object({ scope: z.literal("environment"), owner, repository, environment, name, value }),
  ]),
  state: z.object({
    scope: z.enum(["organization", "repository", "environment"]),
    owner,
    repository: repository.optional(),
    environment: environment.optional(),
    repositories: repositories.optional(),
    name,
    hash: z.string().optional().describe("base64 SHA-256 of the value."),
    box: z
      .string()
      .optional()
      .describe(
        "The sealed box, base64: only GitHub can open it. Absent if a refresh found another value.",
      ),
    keyId: z.string().optional().describe("The public key that the box is sealed for."),
    key: z.string().optional().describe("That key, base64."),
    salt: z.string().optional().describe("Changes when the same value has to be written again."),
    updatedAt: z.string().optional().describe("ISO-8601: the time of the last write, from GitHub."),
    granted: repositories
      .optional()
      .describe("The repositories that may use it since the last write."),
  }),
} satisfies ResourceProperties;
