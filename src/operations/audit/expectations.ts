import type { Place } from "../../account.ts";
import type { AuditConfig } from "../../fleet/audit-config.ts";
import { networksContain } from "../../github/actions/actions-addresses.ts";
import type { StackRecord } from "../../stack/stack-record.ts";

/** What is expected in an organisation; everything else is a finding. */
export interface Expectations extends Place {
  /** Its name, for commands. */
  readonly stack: string;
  /** The current PAT of the stack and the earlier ones. */
  readonly tokens: readonly KnownToken[];
  /** Hashes of the tokens with which the stack is managed. */
  readonly managingTokens: ReadonlySet<string>;
  /** In lower case, like all names here. */
  readonly managers: ReadonlySet<string>;
  readonly publishers: ReadonlySet<string>;
  /** The fleet, as `owner/name`. */
  readonly repositories: ReadonlySet<string>;
  /** Repositories outside the fleet that may also use the PAT, as `owner/name`. */
  readonly guests: ReadonlySet<string>;
  /** Names of the fleet's packages, without their owner. */
  readonly images: ReadonlySet<string>;
  readonly secret: string;
  readonly variable: string;
  /** When the stack last wrote its secrets, by GitHub's clock in whole seconds. */
  readonly writtenAt: ReadonlySet<string>;
  /** Paths of the workflow files that may get the secret. */
  readonly workflows: ReadonlySet<string>;
  /** Absent where addresses are not judged. */
  readonly mayComeFrom: ((address: string) => boolean) | undefined;
  readonly graceHours: number;
}

export interface KnownToken {
  /** base64 SHA-256 */
  readonly hash: string;
  readonly owner: string;
  /** ISO-8601; absent for the current one. */
  readonly replacedAt?: string | undefined;
}

export interface ExpectationSource extends Place {
  readonly stack: string;
  readonly config: AuditConfig;
  readonly record: StackRecord;
  readonly secret: string;
  readonly tokens: readonly KnownToken[];
  readonly managingTokens: readonly string[];
  /** In CIDR notation; absent where addresses are not judged. */
  readonly networks: readonly string[] | undefined;
}

/** The fleet as the stack wrote it last, and the exceptions of the configuration. */
export function buildExpectations(source: ExpectationSource): Expectations {
  const { stack, host, owner, config, record, secret, tokens, networks } = source;
  const full = (name: string) => `${owner}/${name}`.toLowerCase();
  const managed = [
    ...record.files.flatMap(({ publishing }) => publishing),
    ...record.sharedWorkflows.flatMap(({ files }) => Object.keys(files)),
  ];
  const allowed = config.workflows.map((file) => `.github/workflows/${file}`);
  return {
    stack,
    host,
    owner,
    tokens,
    managingTokens: new Set(source.managingTokens),
    managers: lowerCase(config.managers),
    publishers: lowerCase(config.publishers),
    repositories: new Set(record.files.map(({ repository }) => full(repository))),
    guests: new Set(config.repositories.map(full)),
    images: lowerCase(record.packages.map(({ image }) => image)),
    secret,
    variable: record.variables[0]?.name ?? "GHCR_USERNAME",
    writtenAt: new Set(record.secrets.flatMap(({ updatedAt }) => updatedAt ?? [])),
    workflows: new Set([...managed, ...allowed]),
    mayComeFrom: networks && networksContain(networks),
    graceHours: config.graceHours,
  };
}

function lowerCase(names: readonly string[]): Set<string> {
  return new Set(names.map((name) => name.toLowerCase()));
}
