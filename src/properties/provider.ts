import { z } from "zod";
import { isPrivateUrl } from "../private-url.ts";
import { secret } from "./resource-properties.ts";

/**
 * Repository name to branch. It is sent as one JSON text: the engine sends the provider's properties
 * with every resource that a policy sees, and a map of a thousand entries costs seconds.
 */
const fleetText = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue("must be JSON: repository name to branch");
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), z.string()))
  .describe(
    "The fleet as JSON: repository name to branch. More than a quarter of it may not leave in one update.",
  );

const source = z.string().optional();

/** The arguments of the provider itself. */
export const providerProperties = {
  description: "Uses the API for one organisation or user, and its fleet.",
  args: z.object({
    owner: z.string().min(1).describe("The organisation or user whose repositories are managed."),
    ownerKind: z
      .enum(["Organization", "User"])
      // States of earlier versions, which refused users, do not have it.
      .default("Organization")
      .describe("What the owner is, in GitHub's terms."),
    baseUrl: z
      .url({ abort: true })
      .refine(isPrivateUrl, "would send the admin token and the PAT in clear; use https")
      .describe("Root of the REST API, e.g. https://api.github.com."),
    registryUrl: z
      .url({ abort: true })
      .refine(isPrivateUrl, "would send the PAT in clear; use https")
      // A registry of no other name has it in states of earlier versions.
      .optional()
      .describe("Root of the registry, where it is not https://<registry>."),
    registry: z
      .string()
      .default("ghcr.io")
      .describe("Host of the registry, as images begin with it."),
    token: secret(
      z.string().optional(),
      "The admin token; absent where the caller reads anonymously.",
    ),
    appAuth: source.describe(
      "Id and installationId of a GitHub App as JSON; its key is in the variable GITHUB_APP_PEM_FILE.",
    ),
    patFrom: source.describe("Where the publishing PAT is read from, as JSON."),
    nextPatFrom: source.describe("The same for the PAT that a rotation tries."),
    pace: z
      .enum(["steady", "burst"])
      .default("steady")
      .describe("steady: one second between writes; burst: up to 80 writes a minute."),
    repositories: fleetText,
    fleetSettings: z
      .string()
      .optional()
      .describe(
        "Username and secret of a fleet in a file, as JSON, for policies: they see the stack's configuration and no file of the project.",
      ),
    allowOwner: z
      .string()
      .optional()
      .describe("The owner to which the stack may move in this one run; it is not stored."),
    allowRemovals: z
      .int()
      .optional()
      .describe("How many repositories may leave in this one run; it is not stored."),
  }),
};
