import { openRepository } from "../../http/access.ts";
import { ApiError } from "../../http/api-error.ts";
import { createRoutes } from "../../http/env.ts";

/**
 * Dependabot's security updates, which build upon its alerts.
 * https://docs.github.com/en/rest/repos/repos#check-if-dependabot-security-updates-are-enabled-for-a-repository
 */
export const securityFixRoutes = createRoutes()
  .get("/repos/:owner/:repo/automated-security-fixes", (c) => {
    const { vulnerabilityAlerts, securityFixes } = openRepository(c, "administration", "read");
    if (!vulnerabilityAlerts) return c.body(null, 404);
    return c.json({ enabled: securityFixes, paused: false });
  })
  .put("/repos/:owner/:repo/automated-security-fixes", (c) => {
    const repository = openRepository(c, "administration", "write");
    // https://github.com/microsoft/PowerShellForGitHub/issues/269
    if (!repository.vulnerabilityAlerts) {
      const message = "Vulnerability alerts must be enabled to configure automated security fixes.";
      throw new ApiError(422, message);
    }
    repository.securityFixes = true;
    return c.body(null, 204);
  })
  .delete("/repos/:owner/:repo/automated-security-fixes", (c) => {
    openRepository(c, "administration", "write").securityFixes = false;
    return c.body(null, 204);
  });
