import { z } from "zod";
import { openOrganisation, openRepository, type AreaName } from "../http/access.ts";
import { ApiError, notFound } from "../http/api-error.ts";
import type { ApiContext } from "../http/env.ts";
import type { SecretLocation } from "../world/secret-stores.ts";

/** Opens the organisation, repository or environment of the path for its secrets or variables. */
export function openScope(
  c: ApiContext,
  scope: SecretLocation["scope"],
  kind: "secrets" | "variables",
  level: "read" | "write",
): SecretLocation {
  if (scope === "organisation") {
    const permission =
      kind === "secrets" ? "organization_secrets" : "organization_actions_variables";
    return { scope, organisation: openOrganisation(c, permission, level).login };
  }
  const area: AreaName = scope === "environment" ? "environmentSecrets" : kind;
  const found = openRepository(c, area, level);
  const repository = `${found.owner}/${found.name}`;
  if (scope === "repository") return { scope, repository };
  const environment = found.environments.get((c.req.param("environment") ?? "").toLowerCase());
  if (environment === undefined) throw notFound();
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
