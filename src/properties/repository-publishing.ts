import { z } from "zod";
import { blobs, deliveryArgs, deliveryState, templateFiles } from "./delivered-files.ts";
import { calledWorkflow, commitId } from "./shared-workflow.ts";
import { secret as secretOf, type ResourceProperties } from "./resource-properties.ts";

const onRemove = z
  .enum(["keep", "delete", "restore"])
  .describe(
    "When the repository leaves the fleet. keep: everything stays. delete: files of the templates are deleted. restore: repaired places get back what was there before, where it still fits.",
  );
const secret = z.string().min(1).describe("Name of the Actions secret that holds the PAT.");
const replaceSecrets = z
  .array(z.string().min(1))
  .describe("Secrets of the repository that a repair replaces too, such as CR_PAT.");
const deadPatFallback = z.boolean().describe("Whether a repair adds a login with GITHUB_TOKEN.");
const lockfile = z.enum(["keep", "onboard"]);
const image = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._/-]*$/, "must be an image name in lower case, without its owner")
  .describe("Name of the package: the image without its owner.");
const visibility = z
  .enum(["public", "private", "internal"])
  .optional()
  .describe("public, private or internal; not checked when it is absent.");
const bootstrap = z.boolean().describe("Publish a tiny first image where there is no package.");
const username = z
  .string()
  .min(1)
  .optional()
  .describe("The login of the PAT's account, for messages; default: as inspected.");

/** A place in a workflow file or local action that a repair changes. */
const edit = z
  .object({
    file: z.string().describe("Path from the root of the repository."),
    line: z
      .int()
      .describe("From 1, before the edit. Lines that are only added come behind this one."),
    kind: z
      .string()
      .describe(
        "credential: the password of a login. permissions: packages: write. secret: one that is passed to a reusable workflow. fallback: the second login.",
      ),
    before: z.string().describe("The lines before; empty when lines are only added."),
    after: z.string(),
    job: z.string().optional().describe("The job in which it was made, in what can be restored."),
  })
  .meta({ id: "WorkflowEdit" });

/** A login that a repair leaves to a person. */
const unresolved = z
  .object({
    file: z.string(),
    line: z.int().describe("From 1."),
    reason: z.string(),
    fix: z.string().describe("The lines to type, or what to do."),
  })
  .meta({ id: "UnresolvedLogin" });

export type WorkflowEdit = Readonly<z.output<typeof edit>>;

const unnamed = z
  .object({
    file: z.string().describe("Path from the root of the repository."),
    job: z.string().describe("Key of the job."),
    written: z.string().describe("The name as written; empty where the file has none."),
  })
  .meta({ id: "UnnamedImage" });

export type UnnamedImage = Readonly<z.output<typeof unnamed>>;

const publishedPackage = z
  .object({
    image,
    push: z.string().describe("allowed, not tried (a job's token pushes), or the refusal."),
    exists: z.boolean().optional().describe("Absent when the package is not verified."),
    existed: z
      .boolean()
      .default(false)
      .describe("Whether it has ever been seen: if it is gone now, somebody deleted it."),
    linkedTo: z.string().optional().describe("owner/repository; absent when it is linked to none."),
    knownLink: z
      .string()
      .optional()
      .describe(
        "The repository that it was linked to before it lost that link; a refresh keeps it.",
      ),
    visibility: z.string().optional().describe("As GitHub shows it."),
  })
  .meta({ id: "PublishedPackage" });

export type PublishedPackage = Readonly<z.output<typeof publishedPackage>>;

/** One line of the checklist. */
const finding = z
  .object({
    subject: z
      .enum(["exists", "linked", "visibility", "pushable", "name"])
      .describe("exists, linked, visibility, pushable or name."),
    state: z
      .enum(["ok", "pending", "manual", "problem", "unknown"])
      .describe(
        "ok: as declared. pending: comes with the first push. manual: only a person can set it, at url. problem: pushes fail until somebody acts. unknown: the workflows do not say which package it is, or the admin token may not see it, so nothing is verified.",
      ),
    text: z.string().describe("What is so, and the next step."),
    url: z.string().optional().describe("The page where a person can change it."),
  })
  .meta({ id: "PackageFinding" });

export type PackageFinding = Readonly<z.output<typeof finding>>;

const path = z.string();

export const repositoryPublishingProperties = {
  token: "ghcr:index:RepositoryPublishing",
  description:
    "How a repository publishes: its own workflow files with their logins repaired, or those of the templates, in one signed commit; and its packages, which are verified, linked at first publish, and never deleted.",
  args: z.object({
    ...deliveryArgs,
    mode: z
      .enum(["auto", "repair", "template", "none"])
      .default("template")
      .describe(
        "repair: only the logins and permissions in the repository's own workflows change. template: the files are written. none: nothing is. auto: repair where a workflow publishes, template where there is neither such a workflow nor a file of these names, else none.",
      ),
    files: templateFiles.describe("The templates: path in .github/workflows to text."),
    shared: calledWorkflow
      .optional()
      .describe("For files that are callers of a shared workflow: which one they call."),
    secret: secret.default("GHCR_PAT"),
    replaceSecrets: replaceSecrets.default([]),
    deadPatFallback: deadPatFallback.default(false),
    environment: z
      .string()
      .min(1)
      .optional()
      .describe("The environment that has the secret; absent where another place has it."),
    lockfile: lockfile
      .default("keep")
      .describe(
        "Whether the templates are added to the repository's lockfile (.github/workflows/actions.lock). keep: only those that it lists already get its entries for their actions. onboard: all of them, and it is made where it is missing.",
      ),
    newerPins: z
      .enum(["keep", "revert"])
      .default("keep")
      .describe(
        "Later versions of the templates' actions that somebody, such as Dependabot, brought to the branch. keep: they stay, where they are the commit of the version's tag. revert: the templates' own are written again.",
      ),
    onRemove: onRemove.default("keep"),
    image: image.describe(
      "The package that the templates publish, and that is verified where the repository's own workflows name none.",
    ),
    furtherImages: z
      .array(image)
      .default([])
      .describe("Packages that the templates publish in addition to it."),
    images: z
      .array(image)
      .optional()
      .describe("Verified in place of image, and of what the workflows name."),
    addImages: z.array(image).default([]).describe("Verified in addition to those."),
    dockerfile: path.optional().describe("What the templates build from."),
    furtherDockerfiles: z.array(path).default([]).describe("The same of further images."),
    expectedWorkflows: z
      .array(z.string())
      .default([])
      .describe(
        "File names of the repository's own workflows that may push what the templates publish, too.",
      ),
    visibility,
    bootstrap: bootstrap.default(false),
    username,
    credential: secretOf(
      z.string().min(1).optional(),
      "The publishing PAT: a package's first push is tried with it, then it is forgotten. Without it, the job's own token publishes, and nothing is tried.",
    ),
  }),
  state: z.object({
    ...deliveryState,
    mode: z
      .enum(["repair", "template", "none"])
      .default("template")
      .describe("What was decided. none: nothing is written."),
    why: z.string().optional().describe("Why it was decided."),
    files: blobs
      .optional()
      .describe("The templates, where they are written: path to git blob id of the text."),
    pin: commitId
      .optional()
      .describe(
        "The commit of the shared workflow that the files call; absent for whole workflows.",
      ),
    waitsFor: z
      .string()
      .nullish()
      .describe("What has to be merged before the shared workflow can be called."),
    secret: secret.optional(),
    replaceSecrets: replaceSecrets.optional(),
    formerSecrets: z
      .array(z.string())
      .optional()
      .describe("Names that the secret had before: a repair replaces them too."),
    deadPatFallback: deadPatFallback.optional(),
    environment: z.string().optional().describe("The environment that has the secret."),
    undeployed: z
      .boolean()
      .optional()
      .describe("Whether no job of its own workflows gets the secret of that environment."),
    onRemove,
    publishing: z
      .array(z.string())
      .optional()
      .describe("Paths of the repository's own workflows that publish, or call one that does."),
    workflows: blobs
      .optional()
      .describe(
        "Path to git id of the workflows and local actions, as an update leaves them: what is unchanged is not read again.",
      ),
    reader: z.int().optional().describe("Version of the reader of workflows that read them."),
    wasRepaired: z
      .boolean()
      .nullish()
      .describe("Whether nothing is written where an earlier update repaired workflows."),
    edits: z.array(edit).optional().describe("What the next update changes, or the last one did."),
    unresolved: z.array(unresolved).nullish().describe("What is left to a person."),
    lockfile: lockfile.optional().describe("onboard, where the templates are added to it."),
    checksOutsideQueue: z
      .array(z.string())
      .optional()
      .describe("Checks that the branch requires, and that do not run for its merge queue."),
    lostChecks: z
      .array(z.string())
      .optional()
      .describe("Checks that the branch requires, and that no workflow reports after this change."),
    missingDockerfile: path.optional().describe("The Dockerfile, where the branch has none."),
    secondPublishers: z.array(path).optional().describe("Other workflows that push the image."),
    pending: z
      .array(edit)
      .nullish()
      .describe("Edits that are not on the branch: they wait in the pull request, or are drift."),
    originals: z
      .array(edit)
      .nullish()
      .describe("Every edit that was made, so that what was there before can be restored."),
    image: image.optional(),
    furtherImages: z.array(image).optional(),
    images: z.array(image).optional(),
    addImages: z.array(image).optional(),
    visibility,
    bootstrap: bootstrap.optional(),
    username,
    unnamed: z
      .array(unnamed)
      .optional()
      .describe("Images that workflows push, and whose name only the run knows."),
    foreign: z.array(z.string()).optional().describe("Images of other owners."),
    unlabelled: z
      .boolean()
      .optional()
      .describe("Whether no workflow sets the label that links an image to the repository."),
    packages: z.array(publishedPackage).default([]).describe("The packages that are verified."),
    jobToken: z.boolean().optional().describe("Whether the job's token publishes, not the PAT."),
    verified: z
      .boolean()
      .default(true)
      .describe(
        "Whether the admin token may see packages; without, only the right to push is known.",
      ),
    findings: z
      .array(finding)
      .default([])
      .describe("What about the packages is not as declared, or not known."),
  }),
} satisfies ResourceProperties;
