import type { SecretNames } from "./credential.ts";
import type { Target } from "./logins.ts";
import type { Known } from "./possible-values.ts";
import { readRepository } from "./repository.ts";

export interface PublishingOptions {
  /** Name of the secret; "GHCR_PAT" if absent. */
  readonly secret?: string;
  /** Secrets of the repository that it takes the place of, such as CR_PAT. */
  readonly replaceSecrets?: readonly string[];
  /** Host of the registry; "ghcr.io" if absent. */
  readonly registry?: string;
  /** "acme/api", where that is known. */
  readonly repository?: string;
  /** Who the repository may belong to, where that is known: ["acme"]; from `repository` if absent. */
  readonly owners?: readonly string[];
  /** Variables of the repository and its organisation, by name. */
  readonly variables?: Readonly<Record<string, string>>;
}

export interface Opened {
  readonly target: Target;
  readonly names: SecretNames;
}

/** @param files path from the repository's root, with slashes, to text */
export function openRepository(
  files: Readonly<Record<string, string>>,
  options: PublishingOptions,
): Opened {
  const { secret = "GHCR_PAT", replaceSecrets = [], registry = "ghcr.io" } = options;
  return {
    target: {
      repository: readRepository(files),
      known: knownValues(options),
      registry,
      owners: options.owners ?? options.repository?.split("/", 1) ?? [],
    },
    names: { secret, replaced: replaceSecrets },
  };
}

function knownValues({ repository, variables = {} }: PublishingOptions): Known {
  const [owner = ""] = repository?.split("/") ?? [];
  const github = repository === undefined ? {} : { repository, repository_owner: owner };
  const vars = Object.entries(variables).map(([name, value]) => [name.toLowerCase(), value]);
  return { github, vars: Object.fromEntries(vars) as Record<string, string> };
}
