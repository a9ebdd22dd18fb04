import { z } from "zod";
import { unprintable } from "../printable.ts";
import { namePatterns } from "./name-patterns.ts";

/** Text on one line that can be shown as it is. */
export const plainText = z
  .string()
  .min(1, "is empty")
  .refine((text) => !unprintable.test(text), "contains a control character or a line break");

/** Text that every reader of a workflow file treats as plain text. */
export const inertText = plainText
  .refine((text) => text === text.trim(), "begins or ends with a space")
  .refine((text) => !text.includes("${{"), "contains ${{, which GitHub Actions would evaluate");

/**
 * Places other than the checkout from which docker loads a context or a Dockerfile: URLs, `user@host:path`,
 * and repositories of GitHub.
 *
 * @see https://docs.docker.com/build/concepts/context/#remote-context
 */
export const elsewhere = /^(?:\.\/)*(?:[a-z][a-z0-9+.-]*:\/\/|git@|[^/]+@[^/]+:|github\.com\/)/i;

/** A path inside the repository, for docker. */
export const relativePath = inertText
  .refine(
    (text) => text.split("/").every((step) => step === step.trim()),
    "has a folder or file name that begins or ends with a space",
  )
  .refine(
    (text) => !text.startsWith("/") && !text.split("/").includes("..") && !elsewhere.test(text),
    "leaves the repository; give a path below its root, such as docker/Dockerfile",
  )
  .refine(
    (text) => !/^(?:\.\/)*-/.test(text),
    'begins with "-", which docker treats as an option; give that file or folder another name',
  )
  .refine(
    (text) => !/(?<!\$)\{\{/.test(text),
    "contains {{, which docker/build-push-action would evaluate",
  );

/** The last word of a name that stands for a secret; public keys are none. */
const secretName =
  /(?:^|_)(?:TOKEN|PAT|PASSWORD|PASSWD|PASSPHRASE|SECRET|CREDENTIALS?|(?<!PUBLIC_)KEY)$/i;

export const buildArgs = z
  .record(
    z
      .string()
      .regex(namePatterns.buildArg, "is not a Dockerfile ARG name: letters, digits and _ only")
      .refine((name) => !secretName.test(name), {
        error:
          "is named like a secret, and build arguments are shown in the image's history, its provenance and the workflow file; " +
          "pass it as a build secret, secrets: { <id>: <name of the Actions secret> }: https://docs.docker.com/build/building/secrets/",
      }),
    z
      .string()
      .refine((text) => !text.includes("${{"), "contains ${{, which GitHub Actions would evaluate")
      .refine(
        (text) => text === text.trimEnd(),
        "ends with white space, which the build would drop",
      )
      .refine(
        (text) => !unprintable.test(text.replaceAll(/[\n\t]/g, "")),
        "contains a control character other than a tab or a line break",
      ),
  )
  .describe("Dockerfile build arguments by name. Do not use them for secrets.");
