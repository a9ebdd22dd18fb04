import { z } from "zod";
import { inertText } from "./inert-texts.ts";
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
  pullRequestLogin: z
    .enum(["none", "read"])
    .optional()
    .describe(
      "Whether pull requests log in to the registry in the templates' ci.yml. read: those of the repository itself, never of forks, with GITHUB_TOKEN, to pull private base images that the repository may read. Nothing is pushed. Default: none.",
    ),
  storageRecord: z
    .boolean()
    .optional()
    .describe(
      "Releases of public repositories are recorded on the organisation's page of linked artifacts, together with their attestation; the release job gets the permission artifact-metadata: write for that. Default: false.",
    ),
  newerPins: z
    .enum(["keep", "revert"])
    .optional()
    .describe(
      "Later versions of the templates' actions that Dependabot, Renovate or a person brought to a file of the templates. keep: they stay, if they are the commit of the version's tag in the action's repository. revert: the templates' own versions are written again. Default: keep.",
    ),
  lockfile: z
    .enum(["keep", "onboard"])
    .optional()
    .describe(
      "The lockfile .github/workflows/actions.lock of the repository. keep: the entries for the templates' actions are written where it lists the file that is written. onboard: it lists both files of the templates, and is made where there is none. Default: keep.",
    ),
  jobName: inertText
    .max(100, "is longer than 100 characters")
    .optional()
    .describe(
      "Name of the job in the ci.yml of the templates, which is the name of its check: for a branch that requires a check of a workflow that the templates replace. Default: a name that says what it does.",
    ),
});

/** `workflows: repair`, or with settings: `workflows: { mode: repair, replaceSecrets: [CR_PAT] }`. */
export const workflowsSchema = z
  .union([mode, settings], {
    error:
      "must be auto, repair, template or none, or a map with mode, replaceSecrets (a list of names), deadPatFallback (true or false), jobName, pullRequestLogin (none or read), storageRecord (true or false), newerPins (keep or revert) and lockfile (keep or onboard)",
  })
  .transform((given) => (typeof given === "string" ? { mode: given } : given))
  .optional()
  .describe("How the repository publishes: a mode, or a map with its settings.");
