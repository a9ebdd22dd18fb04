import { z } from "zod";
import { namePatterns } from "./name-patterns.ts";

const login = z
  .string()
  .regex(
    /^[a-z\d](?:[a-z\d-]{0,38})(?:\[bot\])?$/i,
    "is no GitHub login, such as octocat or app[bot]",
  );

const address = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6(), z.literal("github-actions")]);

const network = z
  .string()
  .refine(
    (text) => address.safeParse(text).success,
    "is no address, network (203.0.113.0/24) or the word github-actions",
  )
  .describe("An address, a network, or github-actions for GitHub's own runners.");

const workflow = z
  .string()
  .regex(/^[^/\s]+\.ya?ml$/, "is no file name of a workflow, such as nightly.yml");

/** What is expected of the token's use, beyond the fleet itself; see docs/leaked-pat.md. */
export const auditConfigSchema = z
  .strictObject({
    addresses: z
      .array(network)
      .default(["github-actions"])
      .describe(
        "From where the PAT is used. Empty: not judged. Default: GitHub's own runners; name those of yours, and the place that runs `up` where packages are bootstrapped.",
      ),
    publishers: z
      .array(login)
      .default([])
      .describe("Who else may publish the fleet's images, besides the PAT and the workflows."),
    managers: z
      .array(login)
      .default([])
      .describe(
        "Who else may change secrets, variables and settings, besides the admin token. An App whose tokens change by the hour goes here.",
      ),
    repositories: z
      .array(z.string().regex(namePatterns.repository, "is no repository name without its owner"))
      .default([])
      .describe("Repositories outside the fleet that may use the PAT."),
    workflows: z
      .array(workflow)
      .default([])
      .describe("Other workflow files of the fleet's repositories that may be given the secret."),
    graceHours: z
      .int()
      .min(0)
      .max(24 * 35)
      .default(24)
      .describe(
        "How long after a rotation runs that were queued before may still use the earlier PAT.",
      ),
  })
  .prefault({});

export type AuditConfig = z.output<typeof auditConfigSchema>;
