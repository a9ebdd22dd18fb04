import { type ActionStep, StepFailure } from "../action/known-action.ts";
import { pairsOf, splitCsv, splitList } from "./csv.ts";

/** Where a built image goes. */
export interface BuildOutput {
  readonly push: boolean;
  /** Names with or without a tag. */
  readonly names: readonly string[];
  /** Push under the digest only, without tags. */
  readonly byDigest: boolean;
}

/**
 * Reads `push`, `load`, `tags` and `outputs`.
 * @throws StepFailure with the words of buildx
 * @see https://docs.docker.com/build/exporters/
 */
export function readBuildOutput(step: ActionStep): BuildOutput {
  const outputs = step
    .lines("outputs")
    .map((line) => pairsOf(splitCsv(line).map((field) => field.trim().replace(/\s*=\s*/, "="))));
  const unknown = outputs.find(
    ({ type }) => !/^(image|registry|docker|cacheonly)$/.test(type ?? ""),
  );
  if (unknown !== undefined) {
    throw new StepFailure(
      `the simulator does not know the build output ${JSON.stringify(unknown)}`,
    );
  }
  const fromOutputs = outputs.flatMap(({ name }) => (name === undefined ? [] : splitCsv(name)));
  const names = [...splitList(step.lines("tags")), ...fromOutputs];
  const pushes = outputs.some((each) => each.type === "registry" || each.push === "true");
  const push = step.flag("push") || pushes;
  names.forEach(parseImageReference);
  if (push && names.length === 0) {
    throw new StepFailure("tag is needed when pushing to registry");
  }
  return { push, names, byDigest: outputs.some((each) => each["push-by-digest"] === "true") };
}

/** `ghcr.io/acme/api:1.0`, taken apart. */
interface ImageReference {
  /** e.g. `ghcr.io` */
  readonly registry: string;
  /** e.g. `acme/api` */
  readonly repository: string;
  /** Empty where only a name is given. */
  readonly tag: string;
}

/**
 * @throws StepFailure with the words of buildx
 * @see https://pkg.go.dev/github.com/distribution/reference
 */
export function parseImageReference(text: string): ImageReference {
  const colon = text.lastIndexOf(":");
  const named = colon > text.lastIndexOf("/") ? text.slice(0, colon) : text;
  const tag = named === text ? "" : text.slice(colon + 1);
  const slash = named.indexOf("/");
  const first = named.slice(0, Math.max(slash, 0));
  const hasRegistry = /[.:]/.test(first) || first === "localhost";
  const repository = hasRegistry ? named.slice(slash + 1) : named;
  if (/[A-Z]/.test(repository)) {
    throw new StepFailure(`invalid tag "${text}": repository name must be lowercase`);
  }
  const component = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
  const isValid =
    new RegExp(`^${component}(?:/${component})*$`).test(repository) &&
    (named === text || /^\w[\w.-]{0,127}$/.test(tag));
  if (!isValid) throw new StepFailure(`invalid tag "${text}": invalid reference format`);
  return { registry: hasRegistry ? first : "docker.io", repository, tag };
}
