import fc from "fast-check";
import { githubCom } from "../../../src/github-host.ts";
import { namePatterns } from "../../../src/fleet/name-patterns.ts";
import type { WorkflowOptions } from "../../../src/publishing/templates/render.ts";
import type { ImageOptions } from "../../../src/publishing/templates/workflow-options.ts";

/** How an ordinary image is built. */
export function imageOptions(changes: Partial<ImageOptions> = {}): ImageOptions {
  return {
    image: "api",
    context: ".",
    dockerfile: "Dockerfile",
    platforms: ["linux/amd64"],
    buildArgs: {},
    runner: "ubuntu-24.04",
    ...changes,
  };
}

/** The options of an ordinary repository; tests name only what they vary. */
export function workflowOptions(changes: Partial<WorkflowOptions> = {}): WorkflowOptions {
  return {
    host: githubCom,
    registry: "ghcr.io",
    owner: "Acme",
    repository: "api",
    defaultBranch: "main",
    ...imageOptions(),
    secretName: "GHCR_PAT",
    visibility: "public",
    timeoutMinutes: 30,
    ...changes,
  };
}

/** Options with values that have a meaning in YAML, a shell or CSV, or for people. */
export function awkwardOptions(): fc.Arbitrary<WorkflowOptions> {
  // prettier-ignore
  const bits = ['"', "'", "#", ": ", "- ", ",", "\\", "{{", "$", "&", "*", "!", "|", ">", "%", "@", "`", "~", "日本", "é", "null", "on", "1.0", " ",];
  const awkward = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.array(fc.constantFrom(...bits), { maxLength: 8 }).map((parts) => parts.join("")),
  );
  const printable = (text: string) =>
    !/[\p{Cc}\p{Cs}\p{Bidi_C}\u2028\u2029\uFEFF]/u.test(text) && !text.includes("${{");
  // user@host:path and URLs are other hosts.
  const isHere = (text: string) => !/@[^/]*:|:\/\//.test(text);
  // A single dot goes unquoted; the YAML 1.1 reader of these tests alone takes it for a number.
  const path = awkward.filter(
    (text) =>
      printable(text) && isHere(text) && text !== "" && text === text.trim() && text !== ".",
  );
  const buildArg = fc
    .array(fc.oneof(awkward, fc.constantFrom("\n", "\t")), { maxLength: 4 })
    .map((parts) => parts.join("").trimEnd())
    .filter((text) => printable(text.replace(/[\n\t]/g, "")));
  return fc.record({
    host: fc.constant(githubCom),
    registry: fc.constant("ghcr.io"),
    owner: fc.constantFrom("Acme", "a-1", "octo_corp"),
    repository: fc.constant("api"),
    defaultBranch: path
      .map((text) => text.replace(/[\s~^:?*[\\]/g, ""))
      // Without the characters that were taken out, others may meet and be an expression.
      .filter((text) => namePatterns.branch.test(text) && printable(text)),
    image: fc.stringMatching(
      /^[a-z0-9]{1,8}(__[a-z0-9]{1,8})?(\/[a-z0-9]{1,8}(-{1,3}[a-z0-9]{1,8})?)?$/,
    ),
    context: path.filter((text) => !text.includes("{{") && !text.startsWith("-")),
    dockerfile: path,
    platforms: fc.uniqueArray(
      fc.constantFrom("linux/amd64", "linux/arm64", "linux/arm/v7", "linux/386"),
    ),
    buildArgs: fc.dictionary(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/), buildArg, {
      maxKeys: 4,
    }),
    secretName: fc.constantFrom("GHCR_PAT", "on", "_1"),
    visibility: fc.constantFrom("public", "private", "internal"),
    runner: fc.constantFrom("ubuntu-24.04", "ubuntu-24.04-arm", "ubuntu-22.04"),
    timeoutMinutes: fc.integer({ min: 1, max: 360 }),
  });
}
