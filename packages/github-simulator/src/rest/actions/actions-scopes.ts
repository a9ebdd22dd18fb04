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
  if (/^github_/i.test(name)) {
    throw new ApiError(422, `${kind} names must not start with GITHUB_.`);
  }
  return name.toUpperCase();
}

/** Who may use an organisation's secret or variable. */
export const audience = z.object({
  visibility: z.enum(["all", "private", "selected"]).optional(),
  selected_repository_ids: z.array(z.coerce.number().int()).optional(),
});

/** In the order in which GitHub lists secrets and variables. */
export function byName<Item extends { readonly name: string }>(items: Iterable<Item>): Item[] {
  return [...items].sort((a, b) => a.name.localeCompare(b.name, "en"));
}
