import type { Organisation, User } from "./accounts.ts";
import type { App } from "./app.ts";
import type { Repository } from "./repository.ts";

/**
 * All data of the simulated GitHub, as plain data: a snapshot is one `structuredClone`.
 * Keys of accounts and repositories are lower case, because GitHub compares names without case.
 */
export interface State {
  nextId: number;
  users: Map<string, User>;
  organisations: Map<string, Organisation>;
  repositories: Map<number, Repository>;
  /** `owner/name` of renamed repositories, in lower case, to their ids. */
  redirects: Map<string, number>;
  tokens: Map<string, Token>;
  /** By slug. */
  apps: Map<string, App>;
  auditLog: AuditEntry[];
}

export type TokenKind = "classic" | "fine-grained" | "app" | "job";

export interface Token {
  name: string;
  kind: TokenKind;
  value: string;
  owner: string;
  scopes: string[];
  /** Rights of fine-grained, app and job tokens, with GitHub's names of permissions. */
  permissions: Record<string, "read" | "write">;
  /** Ids of the repositories of a fine-grained, app or job token; undefined: all of its owner's. */
  repositories: number[] | undefined;
  createdAt: string;
  /** ISO 8601; null: never. */
  expiresAt: string | null;
}

export interface AuditEntry {
  id: string;
  action: string;
  actor: string;
  at: number;
  /** Absent if no token was used, as in a browser. */
  hashedToken?: string;
  /** `programmatic_access_type` */
  accessType?: string;
  address?: string;
  userAgent?: string;
  fields: Record<string, string | number | boolean | string[]>;
}
