const variable = "GHCR_FLEET_COMMENT_TOKEN";
let taken: string | undefined;

/**
 * The token with which a workflow lets the command write comments and issues. It is removed from the
 * environment, because the engine, its plugins and the policy packs inherit that.
 */
export function takeCommentToken(): string | undefined {
  // A workflow whose secret is missing sets it to nothing.
  taken = process.env[variable] || taken;
  delete process.env[variable];
  return taken;
}
