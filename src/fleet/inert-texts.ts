import { z } from "zod";
import { namePatterns } from "./name-patterns.ts";

/** A control character, or one that YAML readers disagree about. */
export const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029\uFEFF]/u;

/** Text that no reader of a workflow file takes for anything else. */
export const inertText = z
  .string()
  .min(1, "is empty")
  .refine((text) => text === text.trim(), "begins or ends with a space")
  .refine((text) => !unprintable.test(text), "holds a control character or a line break")
  .refine((text) => !text.includes("${{"), "holds ${{, which GitHub Actions would evaluate");

/** Places that docker takes a context or a Dockerfile from, besides the checkout. */
const elsewhere = /^(?:\.\/)*(?:[a-z][a-z0-9+.-]*:\/\/|git@|github\.com\/)/i;

/** A path inside the repository, for docker. */
export const relativePath = inertText
  .refine(
    (text) => !text.startsWith("/") && !text.split("/").includes("..") && !elsewhere.test(text),
    "leaves the repository; give a path below its root, such as docker/Dockerfile",
  )
  .refine(
    (text) => !/^(?:\.\/)*-/.test(text),
    'begins with "-", which docker takes for an option; give that file or folder another name',
  )
  .refine(
    (text) => !/(?<!\$)\{\{/.test(text),
    "holds {{, which docker/build-push-action would evaluate",
  );

export const buildArgs = z
  .record(
    z
      .string()
      .regex(namePatterns.buildArg, "is no Dockerfile ARG name: letters, digits and _ only"),
    z
      .string()
      .refine((text) => !text.includes("${{"), "holds ${{, which GitHub Actions would evaluate")
      .refine(
        (text) => text === text.trimEnd(),
        "ends with white space, which the build would drop",
      )
      .refine(
        (text) => !unprintable.test(text.replaceAll(/[\n\t]/g, "")),
        "holds a control character other than a tab or a line break",
      ),
  )
  .describe("Dockerfile build arguments by name. They are no place for secrets.");
