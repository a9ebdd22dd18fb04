import { z } from "zod";
import { secret, type ResourceProperties } from "./resource-properties.ts";
import { workflowFilesProperties } from "./workflow-files.ts";

const owner = z.string().min(1);
const repository = z.string().min(1);
const image = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._/-]*$/, "must be an image name in lower case, without its owner")
  .describe("Name of the package: the image without its owner.");
const visibility = z
  .enum(["public", "private", "internal"])
  .optional()
  .describe("public, private or internal; not checked when it is absent.");
const bootstrap = z
  .boolean()
  .describe("Publish a tiny first image where the package does not exist.");
const unnamed = z
  .object({
    file: z.string().describe("Path from the root of the repository."),
    job: z.string().describe("Key of the job."),
    written: z.string().describe("The name as written; empty where the file has none."),
  })
  .meta({ id: "UnnamedImage" });

export type UnnamedImage = Readonly<z.output<typeof unnamed>>;

/** What is known of one package. */
const facts = {
  exists: z.boolean().nullish().describe("Absent when the package is not verified."),
  existed: z
    .boolean()
    .default(false)
    .describe("Whether it has ever been seen: if it is gone now, somebody deleted it."),
  linkedTo: z.string().nullish().describe("owner/repository; absent when it is linked to none."),
  actualVisibility: z.string().nullish(),
};

const push = z.string().describe("allowed, or the registry's refusal.");

const other = z.object({ image, push, ...facts }).meta({ id: "OtherPackage" });

const username = z.string().min(1).describe("Whose PAT it is.");

/** One line of the checklist. */
const finding = z
  .object({
    subject: z
      .enum(["exists", "linked", "visibility", "pushable", "name"])
      .describe("exists, linked, visibility, pushable or name."),
    state: z
      .enum(["ok", "pending", "manual", "problem", "unknown"])
      .describe(
        "ok: as wished. pending: comes with the first push. manual: only a person can set it, at url. problem: pushes fail until somebody acts. unknown: the workflows do not say which package it is, so nothing is verified.",
      ),
    text: z.string().describe("What is so, and the next step."),
    url: z.string().optional().describe("The page where a person can change it."),
  })
  .meta({ id: "PackageFinding" });

export type PackageFinding = Readonly<z.output<typeof finding>>;

export const packageAccessProperties = {
  token: "ghcr:index:PackageAccess",
  description:
    "The packages that a repository publishes to: verified, and linked at first publish. They are never deleted.",
  args: z.object({
    owner,
    repository,
    image,
    visibility,
    bootstrap: bootstrap.default(false),
    username,
    credential: secret(z.string().min(1), "The publishing PAT: tried, then forgotten."),
    images: z
      .array(image)
      .optional()
      .describe("Verified in place of image, and of what the workflows name."),
    addImages: z.array(image).default([]).describe("Verified in addition to those."),
    publishing: workflowFilesProperties.args
      .pick({
        branch: true,
        mode: true,
        files: true,
        secret: true,
        replaceSecrets: true,
        deadPatFallback: true,
      })
      .meta({ id: "Publishing" })
      .optional()
      .describe(
        "How the repository comes to publish. Where its own workflows do, the images that they name are verified; without it, and for the templates, image is.",
      ),
  }),
  state: z.object({
    owner,
    repository,
    image,
    visibility,
    bootstrap,
    username,
    credentialHash: z.string().describe("base64 SHA-256 of the PAT."),
    push,
    images: z
      .array(image)
      .nullish()
      .describe(
        "What is verified, the first one by the properties of this resource; default: image.",
      ),
    others: z.array(other).optional().describe("What is known of all but the first one."),
    addImages: z.array(image).optional(),
    unnamed: z
      .array(unnamed)
      .optional()
      .describe("Images that workflows push, and whose name only the run knows."),
    foreign: z.array(z.string()).optional().describe("Images of other owners."),
    workflows: workflowFilesProperties.state.shape.workflows,
    reader: z.string().optional().describe("What read them."),
    verified: z
      .boolean()
      .default(true)
      .describe(
        "Whether the admin token may see packages; without, only the right to push is known.",
      ),
    ...facts,
    findings: z.array(finding).describe("The checklist."),
  }),
} satisfies ResourceProperties;
