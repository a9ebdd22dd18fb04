import type { GitHubHost } from "../../github-host.ts";
import {
  readEnvironment,
  type DeploymentEnvironment,
} from "../../github/secrets/deployment-environment.ts";
import type { EnvironmentRecord } from "../../stack/stack-record.ts";
import type { DriftFinding } from "./drift-finding.ts";
import type { DriftReader } from "./drift-reader.ts";

/**
 * Environments with the secret that were deleted, or that allow other branches or tags than the stack
 * wrote. Two requests each.
 */
export async function readEnvironmentDrift(
  { github, pace, attempt }: DriftReader,
  records: readonly EnvironmentRecord[],
): Promise<DriftFinding[]> {
  const found = await Promise.all(
    records.map((record) =>
      attempt(`read the environment ${nameOf(record)}`, async () =>
        compare(github.host, record, await pace(() => readEnvironment(github, record))),
      ),
    ),
  );
  return found.flat();
}

function compare(
  host: GitHubHost,
  record: EnvironmentRecord,
  found: DeploymentEnvironment | undefined,
): DriftFinding[] {
  if (!found) return [finding(host, record, "was deleted", false)];
  if (!found.restricted) {
    return [finding(host, record, "allows other branches and tags than the stack declared", true)];
  }
  const wanted = [...record.branches, ...record.tags];
  const named = found.policies.map(({ name }) => name);
  const more = named.filter((name) => !wanted.includes(name));
  const less = wanted.filter((name) => !named.includes(name));
  const texts = [
    ...(more.length > 0 ? [`also allows ${more.join(", ")}`] : []),
    ...(less.length > 0 ? [`no longer allows ${less.join(", ")}`] : []),
  ];
  return texts.length === 0 ? [] : [finding(host, record, texts.join("; "), more.length > 0)];
}

function finding(
  { web }: GitHubHost,
  record: EnvironmentRecord,
  what: string,
  wider: boolean,
): DriftFinding {
  const { owner, repository, environment, urn } = record;
  return {
    kind: wider ? "permissions-widened" : "permissions-narrowed",
    repository,
    subject: `environment ${environment}`,
    text: `the environment ${nameOf(record)} ${what}`,
    actor: null,
    at: null,
    url: `${web}/${owner}/${repository}/settings/environments`,
    repair: { by: "update", urn },
  };
}

function nameOf({ owner, repository, environment }: EnvironmentRecord): string {
  return `${environment} of ${owner}/${repository}`;
}
