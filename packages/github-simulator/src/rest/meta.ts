import { tokenRefusal, callerOf, personOf } from "../http/access.ts";
import type { View } from "../serializers/view.ts";
import { z } from "zod";
import { createRoutes, type ApiContext } from "../http/env.ts";
import { ApiError, notFound, orNotFound } from "../http/api-error.ts";
import { readBody } from "../http/read-body.ts";
import type { Budget } from "../http/rate-limits.ts";
import { publicUser } from "../serializers/account.ts";

/** https://docs.github.com/en/rest/meta, /rest/users and /rest/rate-limit */
export function metaRoutes(budget: Budget) {
  return createRoutes()
    .get("/", (c) => c.json(rootLinks(c.var)))
    .get("/meta", (c) =>
      c.json({
        verifiable_password_authentication: false,
        // Where the simulator's own runner works.
        actions: ["127.0.0.1/32"],
      }),
    )
    .get("/rate_limit", (c) => {
      const [core, search, graphql, audit_log] = (
        ["core", "search", "graphql", "audit_log"] as const
      ).map((resource) => budget.window(c.var.actor, resource));
      return c.json({ resources: { core, search, graphql, audit_log }, rate: core });
    })
    .post("/credentials/revoke", async (c) => {
      const { credentials } = await readBody(c, revocation, "Credential");
      for (const { kind, name, value } of [...c.var.world.state.tokens.values()]) {
        const isPersonal = kind === "classic" || kind === "fine-grained";
        if (isPersonal && credentials.includes(value)) c.var.world.revokeToken(name);
      }
      return c.json({}, 202);
    })
    .get("/user", (c) => c.json(publicUser(c.var, callerOf(c))))
    .get("/user/ssh_signing_keys", (c) => c.json(ownKeys(c, "read:ssh_signing_key")))
    .get("/user/gpg_keys", (c) => c.json(ownKeys(c, "read:gpg_key")))
    .get("/users/:username/gpg_keys", (c) => {
      personOf(c);
      // Nobody has added a key here.
      return c.json([]);
    })
    .get("/users/:username", (c) => {
      const account = orNotFound(c.var.world.findAccount(c.req.param("username")));
      return c.json(publicUser(c.var, account));
    });
}

/** GitHub answers 404 if a classic token lacks the scope, and names the scope in a header. */
function ownKeys(c: ApiContext, scope: string): [] {
  const { actor } = c.var;
  if (actor.kind === "anonymous") throw tokenRefusal(actor);
  if (actor.kind !== "classic") {
    throw new ApiError(501, `the simulator does not implement ${c.req.path} for such a token`);
  }
  const scopes = ["admin", "write", "read"].map((level) => scope.replace("read", level));
  c.set("acceptedScopes", scopes.join(", "));
  if (!scopes.some((each) => actor.scopes.includes(each))) throw notFound();
  return [];
}

/** https://docs.github.com/en/rest/credentials/revoke */
const revocation = z.object({ credentials: z.array(z.string()).min(1).max(1000) });

/** The root of the API; most of its links lead to what the simulator does not implement. */
function rootLinks({ api }: View): Record<string, string> {
  return {
    current_user_url: `${api}/user`,
    current_user_authorizations_html_url:
      "https://github.com/settings/connections/applications{/client_id}",
    authorizations_url: `${api}/authorizations`,
    code_search_url: `${api}/search/code?q={query}{&page,per_page,sort,order}`,
    commit_search_url: `${api}/search/commits?q={query}{&page,per_page,sort,order}`,
    emails_url: `${api}/user/emails`,
    emojis_url: `${api}/emojis`,
    events_url: `${api}/events`,
    feeds_url: `${api}/feeds`,
    followers_url: `${api}/user/followers`,
    following_url: `${api}/user/following{/target}`,
    gists_url: `${api}/gists{/gist_id}`,
    issue_search_url: `${api}/search/issues?q={query}{&page,per_page,sort,order}`,
    issues_url: `${api}/issues`,
    keys_url: `${api}/user/keys`,
    label_search_url: `${api}/search/labels?q={query}&repository_id={repository_id}{&page,per_page}`,
    notifications_url: `${api}/notifications`,
    organization_url: `${api}/orgs/{org}`,
    organization_repositories_url: `${api}/orgs/{org}/repos{?type,page,per_page,sort}`,
    organization_teams_url: `${api}/orgs/{org}/teams`,
    public_gists_url: `${api}/gists/public`,
    rate_limit_url: `${api}/rate_limit`,
    repository_url: `${api}/repos/{owner}/{repo}`,
    repository_search_url: `${api}/search/repositories?q={query}{&page,per_page,sort,order}`,
    current_user_repositories_url: `${api}/user/repos{?type,page,per_page,sort}`,
    starred_url: `${api}/user/starred{/owner}{/repo}`,
    starred_gists_url: `${api}/gists/starred`,
    user_url: `${api}/users/{user}`,
    user_organizations_url: `${api}/user/orgs`,
    user_repositories_url: `${api}/users/{user}/repos{?type,page,per_page,sort}`,
    user_search_url: `${api}/search/users?q={query}{&page,per_page,sort,order}`,
  };
}
