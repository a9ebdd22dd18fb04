import { z } from "zod";
import { buildArgs, inertText, relativePath } from "../inert-texts.ts";
import { namePatterns } from "../name-patterns.ts";

export const imageName = z
  .string({
    error: ({ input }) =>
      input === undefined
        ? "is missing; write the image's name below <registry>/<owner>/, such as web"
        : undefined,
  })
  .max(128, "is longer than 128 characters")
  .regex(namePatterns.image, { error: ({ input }) => imageProblem(String(input)) });

const runnerLabel = z
  .string()
  .regex(namePatterns.runner, "is not a runner label, such as ubuntu-24.04")
  .refine(
    (label) => !label.endsWith("-latest"),
    "changes its image over time; use a fixed image such as ubuntu-24.04",
  );

const runnerLabels = z.array(runnerLabel).min(1, "is empty; name at least one label");

/** @see https://docs.github.com/en/actions/how-tos/write-workflows/choose-where-workflows-run/choose-the-runner-for-a-job */
const runner = z.union(
  [
    runnerLabel,
    runnerLabels,
    z.strictObject({
      group: inertText.max(100, "is longer than 100 characters"),
      labels: z.union([runnerLabel, runnerLabels]).optional(),
    }),
  ],
  {
    error: "must be a label such as ubuntu-24.04, a list of labels, or a map with group and labels",
  },
);

const platform = z
  .string()
  .regex(namePatterns.platform, "is not a platform; write os/arch, such as linux/arm64");

export const secretName = z
  .string()
  .regex(
    namePatterns.secret,
    "is not a secret name: letters, digits and _ only, not starting with GITHUB_",
  );

const secrets = z
  .union(
    [
      z.array(secretName),
      z.record(
        z
          .string()
          .regex(
            namePatterns.buildSecret,
            "is not the id of a build secret: letters, digits, ., _ and - only",
          ),
        secretName,
      ),
    ],
    {
      error:
        "must be a list of the names of Actions secrets, or a map such as { npm: NPM_TOKEN } from the id in the Dockerfile to such a name",
    },
  )
  .transform((given) =>
    Array.isArray(given) ? Object.fromEntries(given.map((name) => [name, name])) : given,
  );

/** How an image is built, for a repository and for each of its images. */
export const buildFields = {
  context: relativePath.optional().describe('Build context. Default: ".".'),
  dockerfile: relativePath
    .optional()
    .describe('Dockerfile, from the root of the repository. Default: "Dockerfile".'),
  target: z
    .string()
    .regex(namePatterns.target, "is not the name of a stage, as in FROM ... AS <stage>")
    .optional()
    .describe("Stage of the Dockerfile to build. Default: the last one."),
  platforms: z
    .array(platform)
    .min(1, "is empty; leave it out for the runner's own platform")
    .optional()
    .describe("Platforms to build. Default: [linux/amd64]."),
  buildArgs: buildArgs.optional(),
  secrets: secrets
    .optional()
    .describe(
      "Build secrets: names of Actions secrets that the repository may use, or a map from the id in the Dockerfile to the name, { npm: NPM_TOKEN }. Default: none.",
    ),
  runner: runner
    .optional()
    .describe("Runner: a label, a list of labels, or { group, labels }. Default: ubuntu-24.04."),
  runners: z
    .record(platform, runner)
    .optional()
    .describe(
      "Runners of single platforms, which build them natively: { linux/arm64: ubuntu-24.04-arm }. Default: the runner emulates platforms other than its own.",
    ),
};

const imageBuild = z.strictObject({ image: imageName, ...buildFields });

export const imagesSchema = z
  .union(
    [
      z.array(
        z.union([imageName, imageBuild], {
          error: "must be the name of an image, or a map with image and how it is built",
        }),
      ),
      z.strictObject({ add: z.array(imageName) }),
    ],
    {
      error:
        "must be a list of image names, a list of maps with image, or a map with add, a list of names",
    },
  )
  .optional()
  .describe(
    "Images below <registry>/<owner>/. A list of maps, [{ image: web, dockerfile: web/Dockerfile }], has what the templates build, each with the repository's settings unless it has its own. A list of names has packages to verify in place of those in the repository's workflows, { add: [...] } in addition. Default: those that the workflows name; for the templates, image.",
  );

/** A label, labels that one runner has together, or a group. */
export type Runner =
  | string
  | readonly string[]
  | { readonly group: string; readonly labels?: string | readonly string[] | undefined };

export type BuildSettings = z.output<z.ZodObject<typeof buildFields>>;
export type ImageSettings = z.output<typeof imageBuild>;

function imageProblem(image: string): string {
  const lower = image.toLowerCase();
  const shown = JSON.stringify(image.slice(0, 60));
  if (lower.startsWith("ghcr.io/")) {
    const own = JSON.stringify(lower.replace(/^ghcr\.io\/(?:[^/]*\/)?/, "").slice(0, 60));
    return `${shown} names registry and owner, which are always the fleet's registry and github:owner; write ${own}`;
  }
  if (image !== lower && namePatterns.image.test(lower)) {
    return `${shown} has upper-case letters, which GHCR refuses; write ${JSON.stringify(lower.slice(0, 60))}`;
  }
  return `${shown} is not an image name; ${correction(lower)}`;
}

/** The same name as GHCR takes it, where only spaces are wrong; what names consist of otherwise. */
function correction(lower: string): string {
  const close = lower.trim().replaceAll(/\s+/g, "-");
  return namePatterns.image.test(close)
    ? `write ${JSON.stringify(close.slice(0, 60))}`
    : 'use lower-case letters, digits and single ".", "_", "-" or "/" between them';
}
