import { isByDependabot, isFromFork, type ActionsEvent } from "../host/actions-event.ts";
import type { ActionsHost, ScopedValue } from "../host/actions-host.ts";
import { defaultPermissions, readOnly, type Permissions } from "../language/permissions.ts";

/**
 * The secrets of a run: none for pull requests from forks, and Dependabot's own if Dependabot triggered it,
 * even if somebody else runs it again.
 * https://docs.github.com/en/actions/reference/security/secrets
 * https://docs.github.com/en/code-security/dependabot/troubleshooting-dependabot/troubleshooting-dependabot-on-github-actions#restrictions-when-dependabot-triggers-events
 */
export function secretsOf(
  host: ActionsHost,
  event: ActionsEvent,
  environment?: string,
): readonly ScopedValue[] {
  const { owner, repo } = event;
  if (isFromFork(event)) return [];
  return isByDependabot(event)
    ? host.dependabotSecretsFor(owner, repo)
    : host.secretsFor(owner, repo, environment);
}

/** What a job's token may do if the workflow sets nothing: read, if Dependabot triggered it. */
export function defaultPermissionsOf(host: ActionsHost, event: ActionsEvent): Permissions {
  const setting = host.repository(event.owner, event.repo)?.defaultWorkflowPermissions ?? "read";
  const usual = defaultPermissions(setting);
  return isByDependabot(event) ? readOnly(usual) : usual;
}
