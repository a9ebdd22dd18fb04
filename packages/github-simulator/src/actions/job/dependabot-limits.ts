import { isByDependabot, type ActionsEvent } from "../host/actions-event.ts";
import type { ActionsHost, ScopedValue } from "../host/actions-host.ts";
import { defaultPermissions, readOnly, type Permissions } from "../language/permissions.ts";

/**
 * The secrets that a run gets: Dependabot's own where Dependabot set it off, whoever runs it again.
 * https://docs.github.com/en/code-security/dependabot/troubleshooting-dependabot/troubleshooting-dependabot-on-github-actions#restrictions-when-dependabot-triggers-events
 */
export function secretsOf(
  host: ActionsHost,
  event: ActionsEvent,
  environment?: string,
): readonly ScopedValue[] {
  const { owner, repo } = event;
  return isByDependabot(event)
    ? host.dependabotSecretsFor(owner, repo)
    : host.secretsFor(owner, repo, environment);
}

/** What a job's token may do where the workflow says nothing: read, where Dependabot set it off. */
export function defaultPermissionsOf(host: ActionsHost, event: ActionsEvent): Permissions {
  const setting = host.repository(event.owner, event.repo)?.defaultWorkflowPermissions ?? "read";
  const usual = defaultPermissions(setting);
  return isByDependabot(event) ? readOnly(usual) : usual;
}
