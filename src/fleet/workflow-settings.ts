import { z } from "zod";
import { namePatterns } from "./name-patterns.ts";

const mode = z.enum(["auto", "repair", "template", "none"]);

const settings = z.strictObject({
  mode: mode
    .optional()
    .describe(
      "repair: only the logins to ghcr.io in the repository's own workflows change, and the permissions that they need. template: ci.yml and release.yml are written, whatever was there. none: its files stay as they are. auto: repair where a workflow publishes, template where there is neither such a workflow nor a file of these names, else none. Default: auto.",
    ),
  replaceSecrets: z
    .array(z.string().regex(namePatterns.secret, "is no secret name: letters, digits and _ only"))
    .optional()
    .describe(
      "Secrets of the repositories whose place the fleet's takes in a repair, such as CR_PAT. Others are reported.",
    ),
  deadPatFallback: z
    .boolean()
    .optional()
    .describe(
      "A repair of docker/login-action adds a second login with GITHUB_TOKEN, for the day on which the PAT is dead. Default: false.",
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
  .describe("How the repository comes to publish: a mode, or a map with its settings.");
