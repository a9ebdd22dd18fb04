const variable = "GHCR_FLEET_COMMENT_TOKEN";
let taken: string | undefined;

/**
 * The token with which a workflow lets the command write comments and issues. It is taken out of the
 * environment, for the engine inherits that, and with it every plugin and policy pack.
 */
export function takeCommentToken(): string | undefined {
  taken = process.env[variable] ?? taken;
  delete process.env[variable];
  return taken;
}
