import { z } from "zod";
import { namePatterns } from "./name-patterns.ts";

const mode = z.enum(["auto", "repair", "template", "none"]);

const settings = z.strictObject({
  mode: mode
    .optional()
    .describe(
      "repair: only the logins to ghcr.io in the repository's own workflows change, and the permissions that they need. template: ci.yml and release.yml are written, even if such files exist. none: its files do not change. auto: repair where a workflow publishes, template where there is neither such a workflow nor a file of these names, otherwise none. Default: auto.",
    ),
  replaceSecrets: z
    .array(
      z.string().regex(namePatterns.secret, "is not a secret name: letters, digits and _ only"),
    )
    .optional()
    .describe(
      "Secrets of the repositories that a repair replaces by the fleet's, such as CR_PAT. Others are reported.",
    ),
  deadPatFallback: z
    .boolean()
    .optional()
    .describe(
      "A repair of docker/login-action adds a second login with GITHUB_TOKEN, for the case that the PAT is invalid. Default: false.",
    ),
});

/** `workflows: repair`, or with settings: `workflows: { mode: repair, replaceSecrets: [CR_PAT] }`. */
export const workflowsSchema = z
  .union([mode, settings], {
    error:
      "must be auto, repair, template or none, or a map of mode, replaceSecrets (a list of names) and deadPatFallback (true or false)",
  })
  .transform((given) => (typeof given === "string" ? { mode: given } : given))
  .optional()
  .describe("How the repository publishes: a mode, or a map with its settings.");
