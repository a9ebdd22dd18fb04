import { StepFailure } from "../action/step-failure.ts";

/** `ghcr.io/acme/api:1.0`, taken apart. */
export interface ImageReference {
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
