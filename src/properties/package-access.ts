import { z } from "zod";
import { secret, type ResourceProperties } from "./resource-properties.ts";

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
const username = z.string().min(1).describe("Whose PAT it is.");

/** One line of the checklist. */
const finding = z
  .object({
    subject: z
      .enum(["exists", "linked", "visibility", "pushable"])
      .describe("exists, linked, visibility or pushable."),
    state: z
      .enum(["ok", "pending", "manual", "problem"])
      .describe(
        "ok: as wished. pending: comes with the first push. manual: only a person can set it, at url. problem: pushes fail until somebody acts.",
      ),
    text: z.string().describe("What is so, and the next step."),
    url: z.string().optional().describe("The page where a person can change it."),
  })
  .meta({ id: "PackageFinding" });

export type PackageFinding = Readonly<z.output<typeof finding>>;

export const packageAccessProperties = {
  token: "ghcr:index:PackageAccess",
  description:
    "The package that a repository publishes to: verified, and linked at first publish. It is never deleted.",
  args: z.object({
    owner,
    repository,
    image,
    visibility,
    bootstrap: bootstrap.default(false),
    username,
    credential: secret(z.string().min(1), "The publishing PAT: tried, then forgotten."),
  }),
  state: z.object({
    owner,
    repository,
    image,
    visibility,
    bootstrap,
    username,
    credentialHash: z.string().describe("base64 SHA-256 of the PAT."),
    push: z.string().describe("allowed, or the registry's refusal."),
    verified: z
      .boolean()
      .default(true)
      .describe(
        "Whether the admin token may see packages; without, only the right to push is known.",
      ),
    exists: z.boolean().nullish().describe("Absent when the package is not verified."),
    existed: z
      .boolean()
      .default(false)
      .describe("Whether it has ever been seen: if it is gone now, somebody deleted it."),
    linkedTo: z.string().nullish().describe("owner/repository; absent when it is linked to none."),
    actualVisibility: z.string().nullish(),
    findings: z.array(finding).describe("The checklist."),
  }),
} satisfies ResourceProperties;
