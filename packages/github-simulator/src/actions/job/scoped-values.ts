import type { ScopedValue, ValueScope } from "../host/actions-host.ts";

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
