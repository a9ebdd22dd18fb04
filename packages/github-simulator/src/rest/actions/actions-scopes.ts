import type { Secret } from "../../world/state/secrets.ts";
import { z } from "zod";
import { openOrganisation, openRepository, type AreaName } from "../../http/access.ts";
import { ApiError, orNotFound } from "../../http/api-error.ts";
import type { ApiContext } from "../../http/env.ts";
import type { SecretLocation, SecretService } from "../../world/find-secrets.ts";

/** What fine-grained permissions call the secrets of each service, and the variables of Actions. */
const permissions = {
  actions: { organisation: "organization_secrets", repository: "secrets" },
  dependabot: { organisation: "organization_dependabot_secrets", repository: "dependabotSecrets" },
  codespaces: { organisation: "organization_codespaces_secrets", repository: "codespacesSecrets" },
  variables: { organisation: "organization_actions_variables", repository: "variables" },
} as const satisfies Record<
  string,
  { organisation: Parameters<typeof openOrganisation>[1]; repository: AreaName }
>;

/**
 * Opens the organisation, repository or environment of the path for a service's secrets, or for
 * variables.
 */
export function openScope(
  c: ApiContext,
  scope: SecretLocation["scope"],
  kind: SecretService | "variables",
  level: "read" | "write",
): SecretLocation {
  const service = kind === "variables" ? "actions" : kind;
  if (scope === "organisation") {
    const { login } = openOrganisation(c, permissions[kind].organisation, level);
    return { scope, organisation: login, service };
  }
  const area = scope === "environment" ? "environmentSecrets" : permissions[kind].repository;
  const found = openRepository(c, area, level);
  const repository = `${found.owner}/${found.name}`;
  if (scope === "repository") return { scope, repository, service };
  const environment = orNotFound(
    found.environments.get((c.req.param("environment") ?? "").toLowerCase()),
  );
  return { scope, repository, environment: environment.name };
}

/** https://docs.github.com/en/actions/reference/security/secrets#naming-your-secrets */
export function assertItemName(kind: "Secret" | "Variable", name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw new ApiError(
      422,
      `${kind} names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_). Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or underscores (_).`,
    );
  }
  if (/^github_/i.test(name)) throw new ApiError(422, `${kind} names must not start with GITHUB_.`);
  return name.toUpperCase();
}

/** Who may use an organisation's secret or variable. */
export const audience = z.object({
  visibility: z.enum(["all", "private", "selected"]).optional(),
  selected_repository_ids: z.array(z.coerce.number().int()).optional(),
});

/** At the organisation's scope, it is required. */
export function visibilityMissing(): ApiError {
  return new ApiError(422, 'Invalid request.\n\n"visibility" wasn\'t supplied.');
}

/** Name, dates and audience of a secret or variable, without its value. */
export function itemShape(
  c: ApiContext,
  scope: SecretLocation["scope"],
  /** The kind of item as in paths: `actions/secrets`. */
  kind: string,
  { name, createdAt, updatedAt, visibility }: Secret,
) {
  const list = `${c.var.api}/orgs/${c.req.param("org")}/${kind}`;
  return {
    name,
    created_at: createdAt,
    updated_at: updatedAt,
    ...(scope === "organisation" && {
      visibility,
      ...(visibility === "selected" && {
        selected_repositories_url: `${list}/${name}/repositories`,
      }),
    }),
  };
}

/** In the order in which GitHub lists secrets and variables. */
export function byName<Item extends { readonly name: string }>(items: Iterable<Item>): Item[] {
  return [...items].sort((a, b) => a.name.localeCompare(b.name, "en"));
}
