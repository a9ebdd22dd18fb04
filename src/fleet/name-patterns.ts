import picomatch from "picomatch";

/**
 * Names that GitHub, OCI registries and Docker allow. A matching name cannot have a meaning for readers
 * of a workflow file.
 *
 * - `branch`: https://git-scm.com/docs/git-check-ref-format
 * - `image`: the grammar of a repository name, without a registry:
 *   https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
 * - `registry`: a host in lower case, with a port where it has one:
 *   https://github.com/distribution/reference/blob/main/reference.go
 * - `secret`: https://docs.github.com/en/actions/reference/security/secrets#naming-your-secrets
 * - `buildArg`: https://docs.docker.com/reference/dockerfile/#arg
 * - `buildSecret`: https://docs.docker.com/reference/dockerfile/#run---mounttypesecret
 * - `target`: https://docs.docker.com/build/building/multi-stage/#name-your-build-stages
 */
export const namePatterns = {
  owner: /^[A-Za-z0-9](?:[A-Za-z0-9]|[_-](?=[A-Za-z0-9])){0,38}$/,
  repository: /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/,
  centralRepository: /^[A-Za-z0-9][A-Za-z0-9_-]*\/[A-Za-z0-9._-]+$/,
  centralRef: /^[A-Za-z0-9][A-Za-z0-9._/-]*$/,
  branch: /^(?![./]|.*(?:\/[./]|\.\.|@\{))[^\s~^:?*[\\\p{Cc}]+(?<![./]|\.lock)$/u,
  image:
    /^(?!ghcr\.io\/)[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/,
  platform: /^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9]+)?$/,
  buildArg: /^[A-Za-z_][A-Za-z0-9_]*$/,
  registry: /^[a-z0-9]+(?:[.-]+[a-z0-9]+)*(?::[0-9]{1,5})?$/,
  buildSecret: /^[A-Za-z0-9_][A-Za-z0-9._-]*$/,
  target: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  secret: /^(?!GITHUB_)[A-Z_][A-Z0-9_]*$/i,
  environment: /^[A-Za-z0-9][A-Za-z0-9_-]{0,254}$/,
  runner: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
} as const;

/**
 * A `*` tries every length, and several multiply: with four, the longest name takes a few million steps, with
 * twenty the age of the universe. Names of alternatives multiply the same way.
 */
const mostWildcards = 4;

/** Why a text is no pattern of names; nothing if it is. Groups, repetitions and the like are none. */
export function globProblem(text: string): string | undefined {
  if (text === "") return "is empty; use a pattern such as service-*";
  if (text.length > 200) return "is longer than 200 characters; use several patterns";
  if (text.includes("/")) return "contains a slash; give the repository's name without its owner";
  if (!/^[\w.*?{},[\]!^-]+$/.test(text))
    return "contains a character that no name has; use letters, digits, . _ - and the wildcards * ? [a-z] {one,other} !";
  const wildcards = text.match(/\*+|\{/g)?.length ?? 0;
  if (wildcards > mostWildcards)
    return `has more than ${mostWildcards} of * and {, which takes too long to match; use several patterns`;
  return undefined;
}

/** Whether a repository's name matches one of the patterns; GitHub compares names without case. */
export function nameMatcher(globs: readonly string[]): (name: string) => boolean {
  const matches = picomatch([...globs], { nocase: true, dot: true });
  // Not `matches` itself: it has a second parameter, for which `filter` would pass an index.
  return (name) => matches(name);
}
