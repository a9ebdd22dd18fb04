import { z } from "zod";
import type { ResourceProperties } from "./resource-properties.ts";

const allowedActions = z
  .object({
    patterns: z.array(z.string().min(1)).describe("In addition to the others, sorted."),
    githubOwned: z.boolean().describe("Actions of the organisations actions and github."),
    verified: z
      .boolean()
      .describe("Actions of all creators that GitHub's Marketplace has verified."),
  })
  .meta({ id: "AllowedActions" });

const properties = z.object({
  owner: z.string().min(1),
  repository: z.string().min(1),
  defaultWorkflowPermissions: z
    .enum(["read", "write"])
    .optional()
    .describe("What GITHUB_TOKEN may do in a workflow without permissions."),
  canApprovePullRequestReviews: z
    .boolean()
    .optional()
    .describe("Whether workflows may create and approve pull requests."),
  shaPinningRequired: z
    .boolean()
    .optional()
    .describe("Whether only actions that are pinned to a full commit SHA may run."),
  allowedActions: allowedActions
    .optional()
    .describe("The only actions that may run, in addition to those of the repository itself."),
});

export const actionsSettingsProperties = {
  token: "ghcr:index:ActionsSettings",
  description:
    "What the workflows of a repository may do by default, and which actions they may use. A setting without a value stays as it is on GitHub.",
  args: properties,
  state: properties.extend({
    refused: z
      .string()
      .nullish()
      .describe("Why GitHub refused the last write; the next update tries it again."),
  }),
} satisfies ResourceProperties;
