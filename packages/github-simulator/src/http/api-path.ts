import { findTeamById } from "../world/accounts/teams.ts";
import type { World } from "../world/world.ts";

/**
 * One path for all addresses of a resource: GitHub Enterprise's `/api/v3` and `/api/graphql` mean
 * the root, `/repositories/{id}` means `/repos/{owner}/{name}`, and `/organizations/{id}/team/{id}`
 * and `/teams/{id}` mean `/orgs/{org}/teams/{slug}`.
 */
export function apiPath(world: World, address: string): string {
  const path = address.replace(/^[a-z]+:\/\/[^/]*/i, "").replace(/[?#].*$/, "");
  const rooted = path.replace(/^\/api\/v3(?=\/|$)/, "").replace(/^\/api\/graphql$/, "/graphql");
  const named = rooted
    .replace(/^\/repositories\/(\d+)(?=\/|$)/, (whole, id: string) => {
      const repository = world.state.repositories.get(Number(id));
      return repository === undefined ? whole : `/repos/${repository.owner}/${repository.name}`;
    })
    .replace(/^\/organizations\/(\d+)\/team\/(\d+)(?=\/|$)/, (_, owner: string, id: string) =>
      teamPath(world, Number(id), Number(owner)),
    )
    .replace(/^\/teams\/(\d+)(?=\/|$)/, (_, id: string) => teamPath(world, Number(id)));
  return named.length > 1 ? named.replace(/\/$/, "") : "/";
}

/** For a team that does not exist, the path of a team that cannot exist. */
function teamPath(world: World, id: number, owner?: number): string {
  const found = findTeamById(world, id);
  if (found === undefined || (owner !== undefined && found.organisation.id !== owner)) {
    const organisation = [...world.state.organisations.values()].find((item) => item.id === owner);
    return `/orgs/${organisation?.login ?? "-"}/teams/-`;
  }
  return `/orgs/${found.organisation.login}/teams/${found.team.slug}`;
}

/** A path with a part that must be a number, e.g. `/repos/:owner/:repo/issues/:number{\\d+}`. */
const NUMBER = /:\w+\{\\d\+\}/g;

/**
 * Whether a request names one of these routes, but has something else where a number belongs. Then the
 * resource does not exist, which is not the same as a route that is not served. Words that could belong
 * to another route are excluded.
 * @param routes as Hono lists them
 */
export function misnumbered(
  routes: readonly { readonly method: string; readonly path: string }[],
): (method: string, path: string) => boolean {
  const patterns = routes
    .filter(({ path }) => path.search(NUMBER) >= 0)
    .map(({ method, path }) => {
      const source = path
        .replaceAll(NUMBER, "(?![a-z_-]+(?:/|$))[^/]+")
        .replaceAll(/:\w+\{\.\+\}/g, ".+")
        .replaceAll(/:\w+/g, "[^/]+");
      return { method, pattern: new RegExp(`^${source}$`) };
    });
  return (asked, path) =>
    patterns.some(
      ({ method, pattern }) =>
        (asked === method || (asked === "HEAD" && method === "GET")) && pattern.test(path),
    );
}
