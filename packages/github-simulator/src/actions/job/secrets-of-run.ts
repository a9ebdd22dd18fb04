import { type ActionsEvent, isByDependabot, isFromFork } from "../host/actions-event.ts";
import type { ActionsHost, ScopedValue, ValueScope } from "../host/actions-host.ts";
import { defaultPermissions, type Permissions, readOnly } from "../language/permissions.ts";

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

const RANK: Record<ValueScope, number> = { organization: 0, repository: 1, environment: 2 };

/**
 * One value per name: the environment's before the repository's before the organisation's.
 * @see https://docs.github.com/en/actions/concepts/security/secrets#naming-your-secrets
 */
export function byPrecedence(values: readonly ScopedValue[]): Record<string, string> {
  const sorted = values.toSorted((a, b) => RANK[a.scope] - RANK[b.scope]);
  return Object.fromEntries(sorted.map(({ name, value }) => [name.toUpperCase(), value]));
}

export function ofEnvironment(values: readonly ScopedValue[]): Record<string, string> {
  return byPrecedence(values.filter(({ scope }) => scope === "environment"));
}
