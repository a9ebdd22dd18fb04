import { z } from "zod";
import type { ResourceProperties } from "./resource-properties.ts";

const place = {
  owner: z.string().min(1),
  repository: z.string().min(1),
  branch: z.string().min(1),
};
const delivery = z
  .enum(["commit", "pull-request"])
  .describe("commit, or pull-request: never directly to the branch.");
const onRemove = z
  .enum(["keep", "delete", "restore"])
  .describe(
    "When the repository leaves the fleet. keep: everything stays. delete: files of the templates are deleted. restore: repaired places get back what was there before, where it still fits.",
  );
const secret = z.string().min(1).describe("Name of the Actions secret that holds the PAT.");
const replaceSecrets = z
  .array(z.string().min(1))
  .describe("Secrets of the repository that a repair replaces too, such as CR_PAT.");
const deadPatFallback = z
  .boolean()
  .describe("Whether a repair adds a second login with GITHUB_TOKEN after one that failed.");

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

export const workflowFilesProperties = {
  token: "ghcr:index:WorkflowFiles",
  description:
    "How a repository publishes: its own workflow files with their logins repaired, or those of the templates. All changes of a repository are one signed commit.",
  args: z.object({
    ...place,
    mode: z
      .enum(["auto", "repair", "template", "none"])
      .default("template")
      .describe(
        "repair: only the logins and permissions in the repository's own workflows change. template: the files are written. none: nothing is. auto: repair where a workflow publishes, template where there is neither such a workflow nor a file of these names, else none.",
      ),
    files: z
      .record(
        z
          .string()
          .regex(/^\.github\/workflows\/[^/]+\.ya?ml$/, "must be a YAML file in .github/workflows"),
        z.string().min(1),
      )
      .describe("The templates: path in .github/workflows to text."),
    secret: secret.default("GHCR_PAT"),
    replaceSecrets: replaceSecrets.default([]),
    deadPatFallback: deadPatFallback.default(false),
    delivery: delivery.default("commit"),
    onRemove: onRemove.default("keep"),
  }),
  state: z.object({
    ...place,
    mode: z
      .enum(["repair", "template", "none"])
      .default("template")
      .describe("What was decided. none: nothing is written."),
    why: z.string().optional().describe("Why it was decided."),
    files: z
      .record(z.string(), z.string())
      .optional()
      .describe("The templates, where they are written."),
    secret: secret.optional(),
    replaceSecrets: replaceSecrets.optional(),
    formerSecrets: z
      .array(z.string())
      .optional()
      .describe("Names that the secret had before: a repair replaces them too."),
    deadPatFallback: deadPatFallback.optional(),
    delivery,
    onRemove,
    publishing: z
      .array(z.string())
      .optional()
      .describe("Paths of the repository's own workflows that publish, or call one that does."),
    workflows: z
      .record(z.string(), z.string())
      .optional()
      .describe(
        "Path to git id of the workflows and local actions, when they are right: what is unchanged is not read again. With templates, those for which auto decided to write them.",
      ),
    reader: z
      .int()
      .optional()
      .describe("Version of the reader of workflows that found them right."),
    wasRepaired: z
      .boolean()
      .nullish()
      .describe("Whether nothing is written where an earlier update repaired workflows."),
    edits: z.array(edit).optional().describe("What the next update changes, or the last one did."),
    unresolved: z.array(unresolved).nullish().describe("What is left to a person."),
    pending: z
      .array(edit)
      .nullish()
      .describe("Edits that are not on the branch: they wait in the pull request, or are drift."),
    originals: z
      .array(edit)
      .nullish()
      .describe("Every edit that was made, so that what was there before can be restored."),
    commitSha: z
      .string()
      .nullish()
      .describe(
        "The last commit that this resource made; absent when the files were there already.",
      ),
    commitUrl: z.string().nullish(),
    replaced: z
      .record(z.string(), z.string())
      .nullish()
      .describe(
        "Path to git blob id of text by others that was replaced; it stays in the history.",
      ),
    pullRequestUrl: z
      .string()
      .nullish()
      .describe(
        "The pull request that brings the changes in, where a commit is forbidden or not wanted.",
      ),
    blobs: z
      .record(z.string(), z.string())
      .optional()
      .describe("Path to git blob id of the templates, as the last write left the branch."),
  }),
} satisfies ResourceProperties;
