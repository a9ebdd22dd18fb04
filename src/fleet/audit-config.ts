import { z } from "zod";
import { plainText } from "./inert-texts.ts";
import { namePatterns } from "./name-patterns.ts";

const login = z
  .string()
  .regex(
    /^[a-z\d](?:[a-z\d-]{0,38})(?:\[bot\])?$/i,
    "is not a GitHub login, such as octocat or app[bot]",
  );

const address = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6(), z.literal("github-actions")]);

const network = z
  .string()
  .refine(
    (text) => address.safeParse(text).success,
    "is not an address, a network (203.0.113.0/24) or the word github-actions",
  )
  .describe("An address, a network, or github-actions for GitHub's own runners.");

const workflow = plainText.regex(
  /^[^/\s]+\.ya?ml$/,
  "is not the file name of a workflow, such as nightly.yml",
);

/** The expected uses of the token beyond the fleet itself; see docs/leaked-pat.md. */
export const auditConfigSchema = z
  .strictObject({
    addresses: z
      .array(network)
      .default(["github-actions"])
      .describe(
        "Where the PAT is used. Empty: not judged. Default: GitHub's own runners; add your own runners, and the machine that runs `up` if packages are bootstrapped.",
      ),
    publishers: z
      .array(login)
      .default([])
      .describe(
        "Who else may publish the fleet's images, in addition to the PAT and the workflows.",
      ),
    managers: z
      .array(login)
      .default([])
      .describe(
        "Who else may change secrets, variables and settings, in addition to the admin token. Name an App here if its tokens change every hour.",
      ),
    repositories: z
      .array(
        z.string().regex(namePatterns.repository, "is not a repository name without its owner"),
      )
      .default([])
      .describe("Repositories outside the fleet that may use the PAT."),
    workflows: z
      .array(workflow)
      .default([])
      .describe("Other workflow files of the fleet's repositories that may get the secret."),
    graceHours: z
      .int()
      .min(0)
      .max(24 * 35)
      .default(24)
      .describe(
        "Time after a rotation in which runs that were queued before it may still use the earlier PAT.",
      ),
  })
  .prefault({});

export type AuditConfig = z.output<typeof auditConfigSchema>;
