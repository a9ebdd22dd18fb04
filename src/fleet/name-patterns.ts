/**
 * What GitHub, OCI registries and Docker allow as names.
 *
 * - `repository`, `owner`: https://docs.github.com/en/get-started/using-github/github-flow, as the
 *   web form judges them
 * - `image`: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
 * - `secret`: https://docs.github.com/en/actions/reference/security/secrets#naming-your-secrets
 * - `buildArg`: https://docs.docker.com/reference/dockerfile/#arg
 */
export const namePatterns = {
  owner: /^[A-Za-z0-9](?:[A-Za-z0-9]|[_-](?=[A-Za-z0-9])){0,38}$/,
  repository: /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/,
  image: /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/,
  platform: /^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9]+)?$/,
  buildArg: /^[A-Za-z_][A-Za-z0-9_]*$/,
  secret: /^(?!GITHUB_)[A-Z_][A-Z0-9_]*$/i,
  runner: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
} as const;
