import type { ActionsHost, ActionsPolicy } from "../host/actions-host.ts";
import { matchesPatterns } from "../language/filter-pattern.ts";

/** Owners whose actions count as made by GitHub, and as made by verified creators. */
const GITHUB_OWNERS = new Set(["actions", "github"]);
const VERIFIED_OWNERS = new Set(["docker", "aws-actions", "azure", "google-github-actions"]);

/**
 * Why the settings of a repository do not let a job start, or `undefined`.
 * @param used the actions of the job's steps, or the reusable workflow that it calls
 * @see https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/enabling-features-for-your-repository/managing-github-actions-settings-for-a-repository
 */
export function actionRefusal(
  host: ActionsHost,
  { owner, repo }: { owner: string; repo: string },
  used: readonly string[],
): string | undefined {
  const found = host.repository(owner, repo);
  if (found === undefined) return "the repository is gone";
  const { policy } = found;
  const repository = `${found.owner}/${found.name}`;
  const remote = used.filter((uses) => parseActionReference(uses) !== undefined);
  // Reusable workflows may still be called by tag.
  const loose = remote.filter((uses) => !/@[0-9a-f]{40}$|\/\.github\/workflows\//.test(uses));
  if (policy.shaPinningRequired && loose.length > 0) {
    return `The actions ${loose.join(", ")} are not allowed in ${repository} because all actions must be pinned to a full-length commit SHA.`;
  }
  const refused = remote.filter((uses) => !isAllowed(policy, repository, uses));
  if (refused.length === 0) return undefined;
  const rule =
    policy.allowed === "local_only"
      ? `all actions must be from a repository owned by ${repository.split("/")[0] ?? ""}`
      : `all actions must be allowed by the repository's or the organization's settings`;
  return `The actions ${refused.join(", ")} are not allowed in ${repository} because ${rule}.`;
}

function isAllowed(policy: ActionsPolicy, repository: string, uses: string): boolean {
  const owner = uses.split("/")[0]?.toLowerCase() ?? "";
  if (policy.allowed === "all" || repository.toLowerCase().startsWith(`${owner}/`)) return true;
  if (policy.allowed === "local_only") return false;
  return (
    (policy.githubOwnedAllowed && GITHUB_OWNERS.has(owner)) ||
    (policy.verifiedAllowed && VERIFIED_OWNERS.has(owner)) ||
    matchesPatterns(uses, [...policy.patternsAllowed])
  );
}

/** `owner/repo/path@ref` of a `uses:`. */
export interface ActionReference {
  readonly owner: string;
  readonly repo: string;
  /** Folder inside the repository, or empty. */
  readonly path: string;
  readonly ref: string;
}

/** @returns `undefined` for local actions (`./…`) and container images (`docker://…`) */
export function parseActionReference(uses: string): ActionReference | undefined {
  const match = /^([\w.-]+)\/([\w.-]+)((?:\/[^@]+)?)@(.+)$/.exec(uses);
  if (match === null || uses.startsWith(".")) return undefined;
  const [, owner = "", repo = "", path = "", ref = ""] = match;
  return { owner, repo, path: path.slice(1), ref };
}
