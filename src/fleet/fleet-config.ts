import { z } from "zod";
import { auditConfigSchema } from "./audit-config.ts";
import { buildArgs, inertText, relativePath, unprintable } from "./inert-texts.ts";
import { namePatterns } from "./name-patterns.ts";
import { workflowsSchema } from "./workflow-settings.ts";

const repositoryName = z
  .string()
  .regex(namePatterns.repository, {
    error: ({ input }) => nameProblem(String(input)),
  })
  .describe("The name as in github.com/<owner>/<name>.");

const glob = z
  .string()
  .min(1, "is empty; use a pattern such as service-*")
  .refine(
    (text) => !text.includes("/"),
    "holds a slash; give the repository's name without its owner",
  )
  .refine((text) => !unprintable.test(text), "holds a control character");

/** What may differ from repository to repository. */
const settings = z.strictObject({
  branch: inertText
    .regex(namePatterns.branch, "is no branch name that git allows")
    .optional()
    .describe("Pushes to it publish the CI image. Default: the default branch."),
  image: z
    .string()
    .max(128, "is longer than 128 characters")
    .regex(namePatterns.image, { error: ({ input }) => imageProblem(String(input)) })
    .optional()
    .describe("Image name below ghcr.io/<owner>/, lower case. Default: the repository's name."),
  context: relativePath.optional().describe('Build context. Default: ".".'),
  dockerfile: relativePath
    .optional()
    .describe('Dockerfile, from the root of the repository. Default: "Dockerfile".'),
  platforms: z
    .array(
      z.string().regex(namePatterns.platform, "is no platform; write os/arch, such as linux/arm64"),
    )
    .min(1, "is empty; leave it out for the runner's own platform")
    .optional()
    .describe("Platforms to build. Default: [linux/amd64]."),
  buildArgs: buildArgs.optional(),
  runner: z
    .string()
    .regex(namePatterns.runner, "is no runner label, such as ubuntu-24.04")
    .refine(
      (label) => !label.endsWith("-latest"),
      "moves by itself; name a fixed image such as ubuntu-24.04",
    )
    .optional()
    .describe("Runner image. Default: ubuntu-24.04."),
  timeoutMinutes: z
    .int()
    .min(1, "is less than a minute")
    .max(360, "is more than the 360 minutes that GitHub lets a job run")
    .optional()
    .describe("Default: 30."),
  package: z
    .strictObject({
      visibility: z
        .enum(["public", "private", "internal"])
        .optional()
        .describe("What the package's visibility should be. Verified; a person sets it."),
      bootstrap: z
        .boolean()
        .optional()
        .describe("Create the package with a tiny first image that links it. Default: false."),
    })
    .optional()
    .describe("The package on GHCR."),
  workflows: workflowsSchema,
  delivery: z
    .enum(["commit", "pull-request"])
    .optional()
    .describe(
      "How workflow files reach the branch. commit: directly, and by pull request only where its rules forbid that. pull-request: always by pull request. Default: commit.",
    ),
  onRemove: z
    .enum(["keep", "delete", "restore"])
    .optional()
    .describe(
      "What happens when the repository leaves the fleet. keep: everything stays. delete: the files of the templates are deleted. restore: repaired places get back what was there before, where it still fits. Default: keep.",
    ),
  actions: z
    .strictObject({
      tokenPermissions: z
        .enum(["read", "write", "unmanaged"])
        .optional()
        .describe("What GITHUB_TOKEN may do where a workflow does not say. Default: read."),
      requirePinnedActions: z
        .boolean()
        .optional()
        .describe(
          "Only actions pinned to a full commit SHA may run; all actions may, unless allowed says which. Default: left as it is.",
        ),
      allowed: z
        .array(z.string().min(1))
        .optional()
        .describe(
          "Patterns of actions that may run besides GitHub's own, such as docker/*. Default: left as it is.",
        ),
    })
    .optional()
    .describe("Actions settings of the repository."),
});

const secret = z.strictObject({
  name: z
    .string()
    .regex(
      namePatterns.secret,
      "is no secret name: letters, digits and _ only, not starting with GITHUB_",
    )
    .default("GHCR_PAT"),
  scope: z
    .enum(["organization", "repository", "environment"])
    .default("organization")
    .describe(
      "organization: one secret for the selected repositories. repository: one each. environment: one each, for releases only.",
    ),
  environment: z
    .string()
    .regex(namePatterns.environment, "is no environment name: letters, digits, - and _ only")
    .default("release")
    .describe("The environment of scope environment."),
});

const noShare = 'is no share; write a whole number and %, such as "25%"';

const share = z.string().regex(/^(?:100|[1-9]?\d)%$/, noShare);

/** Without a repository in the canary, the whole fleet would be one. */
const waveShare = z.string().regex(/^(?:100|[1-9]\d?)%$/, {
  error: ({ input }) =>
    input === "0%" ? "takes no repository; give at least 1%, or remove the wave" : noShare,
});

const wave = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9 _-]{0,39}$/, "is no name: letters, digits, spaces, - and _")
      .describe("What the rollout calls it."),
    repositories: z
      .array(glob)
      .min(1, "is empty; leave it out for all that are left")
      .optional()
      .describe("Names or patterns of the repositories that may go. Default: all that are left."),
    share: z
      .union([waveShare, z.int().min(1, "is less than one repository")], {
        error: 'is no share; write "25%", or a number of repositories',
      })
      .optional()
      .describe("At most so much of the whole fleet, rounded up. Default: all that may go."),
  })
  .refine((each) => each.repositories !== undefined || each.share !== undefined, {
    error: "needs repositories, a share, or both",
  });

const healthGate = z.strictObject({
  timeoutMinutes: z.int().min(1).max(360).default(20).describe("How long a wave's runs may take."),
  dispatch: z
    .string()
    .regex(/^[\w.-]+\.ya?ml$/, "is no workflow file, such as smoke.yml")
    .optional()
    .describe(
      "A workflow with workflow_dispatch that publishes, to start where no push starts a run, because only the credential changed. Repositories without it repeat the last run of a workflow that publishes. Default: all do.",
    ),
});

/** How `ghcr-fleet rollout` and `ghcr-fleet rotate` go about it. */
const rolloutSettings = {
  waves: z
    .array(wave)
    .min(1, "is empty; leave it out for a canary of 10% and the rest")
    .default([{ name: "canary", share: "10%" }])
    .describe(
      "The order of a rollout, canary first. A repository goes with the first wave that takes it; those that none takes go last. Default: a canary of 10%, then the rest.",
    ),
  failureBudget: z
    .union([share, z.int().min(0, "is negative")], {
      error: 'is no budget; write a number of repositories, or a share such as "5%"',
    })
    .default(0)
    .describe("How many repositories may fail before a rollout stops: a number, or a share."),
  healthGate: healthGate
    .default({ timeoutMinutes: 20 })
    .describe("What is waited for after each wave."),
  secretRemovals: z
    .int()
    .min(0)
    .optional()
    .describe(
      "How many secrets a rollout may remove unasked. Default: a quarter of those that there are.",
    ),
};

/** The stack's configuration `ghcr-fleet:fleet`. */
export const fleetConfigSchema = z.strictObject({
  username: z
    .string()
    .regex(namePatterns.owner, "is no GitHub login")
    .optional()
    .describe("The machine user who owns the PAT. The update is refused when somebody else does."),
  maxTokenDays: z
    .int()
    .min(1)
    .max(90, "is more than the 90 days that the fleet allows a PAT to live")
    .default(90)
    .describe("The longest life that the PAT may have left, in days."),
  pace: z
    .enum(["steady", "burst"])
    .default("steady")
    .describe(
      "steady: one second between writes, as GitHub asks. burst: up to 80 writes a minute.",
    ),
  secret: secret.default({ name: "GHCR_PAT", scope: "organization", environment: "release" }),
  defaults: settings
    .default({})
    .describe("What holds for every repository that does not say otherwise."),
  repositories: z
    .array(
      settings
        .extend({
          name: repositoryName.optional(),
          match: glob.optional().describe("A pattern of names, such as service-*."),
          topic: z.string().min(1).optional().describe("All repositories that carry this topic."),
        })
        .refine((entry) => [entry.name, entry.match, entry.topic].filter(Boolean).length === 1, {
          error: "needs exactly one of name (one repository), match (a pattern) and topic",
        }),
    )
    .min(1, "is empty; name at least one repository, or match: '*'")
    .describe(
      "Who is in the fleet. Later entries win over earlier ones, names over patterns and topics.",
    ),
  exclude: z
    .array(glob)
    .default([])
    .describe("Patterns of names that stay out, whatever matches them."),
  audit: auditConfigSchema.describe("What `ghcr-fleet audit` takes for expected."),
  ...rolloutSettings,
});

export type FleetConfig = z.output<typeof fleetConfigSchema>;
export type RepositorySettings = z.output<typeof settings>;

function nameProblem(name: string): string {
  const shown = JSON.stringify(name.slice(0, 60));
  if (name.includes("/")) return `${shown} holds a slash; leave out the owner, it is github:owner`;
  if (/\s/.test(name))
    return `${shown} contains white space; use the name as in github.com/<owner>/<name>`;
  return `${shown} is no repository name; use letters, digits, "-", "_" and "." as in github.com/<owner>/<name>`;
}

function imageProblem(image: string): string {
  const lower = image.slice(0, 100).toLowerCase();
  const shown = JSON.stringify(image.slice(0, 60));
  if (lower.startsWith("ghcr.io/")) {
    const own = JSON.stringify(lower.replace(/^ghcr\.io\/(?:[^/]*\/)?/, "").slice(0, 60));
    return `${shown} names registry and owner, which are always ghcr.io and github:owner; write ${own}`;
  }
  if (image !== image.toLowerCase()) {
    return `${shown} has upper-case letters, which GHCR refuses; write ${JSON.stringify(lower.slice(0, 60))}`;
  }
  return `${shown} is no image name; use lower-case letters, digits and single ".", "_", "-" or "/" between them`;
}
