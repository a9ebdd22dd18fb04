import { z } from "zod";
import { auditConfigSchema } from "./audit-config.ts";
import { secretScopes } from "./fleet.ts";
import { buildFields, imageName, imagesSchema, secretName } from "./images/image-settings.ts";
import { inertText, plainText } from "./inert-texts.ts";
import { namePatterns } from "./name-patterns.ts";
import { pullRequestsSchema } from "./pull-request-settings.ts";
import { sharedSchema, workflowForms } from "./shared/shared-workflow-settings.ts";
import { glob, selectorFields, selectorKinds, selectsOnce } from "./selection/selectors.ts";
import { workflowsSchema } from "./workflow-settings.ts";

const secretScope = z.enum(secretScopes);

/** What may differ from repository to repository. */
const settings = z.strictObject({
  credential: z
    .enum(["pat", "job-token"])
    .optional()
    .describe(
      "What it publishes with. pat: the fleet's secret. job-token: its workflows' GITHUB_TOKEN; no secret of the fleet reaches it, and the same expression falls back. Default: pat.",
    ),
  secret: z
    .strictObject({
      scope: secretScope
        .optional()
        .describe("organization, repository or environment. Default: fleet.secret.scope."),
    })
    .optional()
    .describe("Where its secret is."),
  branch: inertText
    .regex(namePatterns.branch, "is not a valid branch name")
    .optional()
    .describe("Pushes to it publish the CI image. Default: the default branch."),
  image: imageName
    .optional()
    .describe("Image name below <registry>/<owner>/, lower case. Default: the repository's name."),
  images: imagesSchema,
  ...buildFields,
  timeoutMinutes: z
    .int()
    .min(1, "is less than a minute")
    .max(360, "is more than GitHub's limit of 360 minutes")
    .optional()
    .describe("Default: 30."),
  package: z
    .strictObject({
      visibility: z
        .enum(["public", "private", "internal"])
        .optional()
        .describe("The wanted visibility of the package. It is verified; a person sets it."),
      bootstrap: z
        .boolean()
        .optional()
        .describe("Create the package with a tiny first image that links it. Default: false."),
    })
    .optional()
    .describe("The package on GHCR."),
  workflows: workflowsSchema,
  form: z
    .enum(workflowForms)
    .optional()
    .describe(
      "What the templates write. inline: whole workflows. shared: thin callers of the workflow in the repository that `shared` names. Default: inline.",
    ),
  delivery: z
    .enum(["commit", "pull-request"])
    .optional()
    .describe(
      "How workflow files reach the branch. commit: directly, and by pull request only if its rules forbid that. pull-request: always by pull request. Default: commit.",
    ),
  pullRequests: pullRequestsSchema,
  onRemove: z
    .enum(["keep", "delete", "restore"])
    .optional()
    .describe(
      "What happens when the repository leaves the fleet. keep: everything stays. delete: the files of the templates are deleted. restore: repaired places get their former text back, where it still fits. Default: keep.",
    ),
  actions: z
    .strictObject({
      tokenPermissions: z
        .enum(["read", "write", "unmanaged"])
        .optional()
        .describe(
          "What GITHUB_TOKEN may do in workflows without permissions; read makes workflows fail that write without permissions of their own. Default: not changed.",
        ),
      requirePinnedActions: z
        .boolean()
        .optional()
        .describe(
          "Only actions pinned to a full commit SHA may run; all such actions, unless allowed limits them. Default: not changed.",
        ),
      allowed: z
        .array(plainText)
        .optional()
        .describe(
          "Patterns of actions that may run in addition to GitHub's own, such as docker/*. Default: not changed.",
        ),
    })
    .optional()
    .describe("Actions settings of the repository."),
});

const secret = z.strictObject({
  name: secretName.default("GHCR_PAT"),
  scope: secretScope
    .optional()
    .describe(
      "organization: one secret for the selected repositories. repository: one each. environment: one each, for releases only. Default: organization; for a user account, which has no secrets for several repositories, repository.",
    ),
  environment: z
    .string()
    .max(255, "is longer than the 255 characters of an environment's name; use a shorter one")
    .regex(namePatterns.environment, "is not an environment name: letters, digits, - and _ only")
    .default("release")
    .describe("The environment of scope environment."),
});

const noShare = 'is not a share; write a whole number and %, such as "25%"';

const share = z.string().regex(/^(?:100|[1-9]?\d)%$/, noShare);

/** Without a repository in the canary, the whole fleet would change at once. */
const waveShare = z.string().regex(/^(?:100|[1-9]\d?)%$/, {
  error: ({ input }) =>
    input === "0%" ? "contains no repository; give at least 1%, or remove the wave" : noShare,
});

/** The wave of the shared workflow, before all others. */
export const sharedWaveName = "shared workflow";

const wave = z
  .strictObject({
    name: z
      .string()
      .max(40, "is longer than 40 characters; use a shorter name, such as canary")
      .regex(/^[A-Za-z0-9][A-Za-z0-9 _-]*$/, "is not a name: letters, digits, spaces, - and _")
      .refine(
        (name) => name.toLowerCase() !== sharedWaveName,
        "is the wave that writes the shared workflow; use another name",
      )
      .describe("The wave's name in a rollout."),
    repositories: z
      .array(glob)
      .min(1, "is empty; leave it out for all remaining repositories")
      .optional()
      .describe("Names or patterns of the repositories in the wave. Default: all remaining ones."),
    share: z
      .union([waveShare, z.int().min(1, "is less than one repository")], {
        error: 'is not a share; write "25%", or a number of repositories',
      })
      .optional()
      .describe("The maximum share of the whole fleet, rounded up. Default: no limit."),
  })
  .refine((each) => each.repositories !== undefined || each.share !== undefined, {
    error: "needs repositories, a share, or both",
  });

const healthGate = z.strictObject({
  timeoutMinutes: z
    .int()
    .min(1)
    .max(360)
    .default(20)
    .describe("The maximum time for a wave's runs."),
  dispatch: z
    .string()
    .regex(/^[\w.-]+\.ya?ml$/, "is not a workflow file, such as smoke.yml")
    .optional()
    .describe(
      "A workflow with workflow_dispatch that publishes, to start where no push starts a run, because only the credential changed. Repositories without it repeat the last run of a workflow that publishes. Default: all do.",
    ),
});

/** Settings of `ghcr-fleet rollout` and `ghcr-fleet rotate`. */
const rolloutSettings = {
  waves: z
    .array(wave)
    .min(1, "is empty; leave it out for a canary of 10% and the rest")
    .default([{ name: "canary", share: "10%" }])
    .describe(
      "The order of a rollout, canary first. A repository belongs to the first wave that matches it; repositories without a wave come last. Default: a canary of 10%, then the rest.",
    ),
  failureBudget: z
    .union([share, z.int().min(0, "is negative")], {
      error: 'is not a budget; write a number of repositories, or a share such as "5%"',
    })
    .default(0)
    .describe("How many repositories may fail before a rollout stops: a number, or a share."),
  healthGate: healthGate.default({ timeoutMinutes: 20 }).describe("The check after each wave."),
  secretRemovals: z
    .int()
    .min(0)
    .optional()
    .describe(
      "How many secrets a rollout may remove without confirmation. Default: a quarter of all.",
    ),
};

/** The stack's configuration `ghcr-fleet:fleet`. */
export const fleetConfigSchema = z.strictObject({
  username: z
    .string()
    .max(
      39,
      "is longer than the 39 characters of a GitHub login; use the login as in github.com/<login>",
    )
    .regex(namePatterns.owner, "is not a GitHub login")
    .optional()
    .describe(
      "The machine user who owns the PAT. The update is refused if the PAT belongs to another account.",
    ),
  maxTokenDays: z
    .int()
    .min(1)
    .max(90, "is more than the 90 days that a PAT may be valid")
    .default(90)
    .describe("The maximum number of days that the PAT may still be valid."),
  pace: z
    .enum(["steady", "burst"])
    .default("steady")
    .describe(
      "steady: one second between writes, as GitHub asks. burst: up to 80 writes a minute.",
    ),
  declined: z
    .enum(["continue", "fail"])
    .default("continue")
    .describe(
      "What follows when a person closes a pull request of the fleet without a merge. continue: the update goes on without it, and says so. fail: the update fails at its end.",
    ),
  registry: z
    .string()
    .regex(namePatterns.registry, {
      error: ({ input }) =>
        `${JSON.stringify(String(input).slice(0, 60))} is not the host of a registry; write it as images begin, such as containers.github.example.com`,
    })
    .optional()
    .describe(
      "Host of the container registry, as images begin with it. Default: that of github:baseUrl's host: ghcr.io, or containers.<host>.",
    ),
  secret: secret.default({ name: "GHCR_PAT", environment: "release" }),
  defaults: settings
    .default({})
    .describe("The settings of every repository that does not override them."),
  repositories: z
    .array(
      settings
        .extend(selectorFields)
        .refine(selectsOnce, { error: `needs exactly one of ${selectorKinds.join(", ")}` })
        // The defaults may have both: an entry with credential: pat inherits the scope.
        .refine(
          ({ credential, secret: own }) => credential !== "job-token" || own?.scope === undefined,
          {
            path: ["secret", "scope"],
            error:
              "has no effect beside credential: job-token, which no secret of the fleet reaches; remove it, or write credential: pat",
          },
        ),
    )
    .min(1, "is empty; name at least one repository, or match: '*'")
    .describe(
      "The repositories of the fleet. Later entries override earlier ones, names override all others.",
    ),
  shared: sharedSchema,
  exclude: z
    .array(glob)
    .default([])
    .describe("Patterns of names that are not in the fleet, even if an entry matches them."),
  audit: auditConfigSchema.describe("The events that `ghcr-fleet audit` expects."),
  ...rolloutSettings,
});

export type FleetConfig = z.output<typeof fleetConfigSchema>;
export type RepositorySettings = z.output<typeof settings>;
