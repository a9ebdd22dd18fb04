import type { ActionsHost } from "../actions/host/actions-host.ts";
import type { Token } from "../world/state/state.ts";
import type { World } from "../world/world.ts";

/** https://docs.github.com/en/actions/concepts/security/github_token */
const longestLife = 24 * 60 * 60 * 1000;

/** `GITHUB_TOKEN`: minted for one job and repository, with the permissions that the job requests. */
export function jobTokens(world: World): Pick<ActionsHost, "mintJobToken" | "revokeJobToken"> {
  return {
    mintJobToken: ({ owner, repo, runId, jobId, permissions }) =>
      world.mintToken({
        name: `job ${jobId} of run ${runId}`,
        kind: "job",
        owner: "github-actions[bot]",
        scopes: [],
        permissions: apiPermissions(permissions),
        repositories: [world.repository(`${owner}/${repo}`).id],
        expiresAt: new Date(world.clock.now() + longestLife).toISOString(),
      }),
    revokeJobToken(value) {
      const token = [...world.state.tokens.values()].find((each) => each.value === value);
      if (token !== undefined) world.revokeToken(token.name);
    },
  };
}

/** Workflows write `pull-requests`, the API `pull_requests`. */
function apiPermissions(asked: Readonly<Record<string, string>>): Token["permissions"] {
  const permissions: Token["permissions"] = {};
  for (const [name, level] of Object.entries(asked)) {
    if (level === "read" || level === "write") permissions[name.replaceAll("-", "_")] = level;
  }
  return permissions;
}
