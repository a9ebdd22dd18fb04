import type { OrganisationSettings } from "./organisation-settings.ts";
import type { ActionsSettings, PropertyValue, SshKey } from "./repository.ts";
import type { Ruleset } from "./branch-rule.ts";
import type { SecretStore, Variable } from "./secrets.ts";
import type { Team } from "./team.ts";
import type { Webhook } from "./webhook.ts";

export interface User {
  kind: "user";
  id: number;
  login: string;
  name: string;
  email: string;
  createdAt: string;
  /** For git over SSH. */
  keys: SshKey[];
}

export interface Organisation {
  kind: "organisation";
  id: number;
  login: string;
  name: string;
  email: string;
  plan: "free" | "team" | "enterprise";
  createdAt: string;
  defaultBranch: string;
  /** What members may do in every repository of the organisation. */
  basePermission: "none" | "read" | "write" | "admin";
  members: Map<string, "admin" | "member">;
  /** By login in lower case: invited people who have not accepted yet. */
  invitations: Map<string, Invitation>;
  teams: Map<number, Team>;
  actions: ActionsSettings & { enabledRepositories: "all" | "none" | "selected" };
  selectedRepositories: Set<number>;
  /** Of Actions. */
  secrets: SecretStore;
  dependabotSecrets: SecretStore;
  codespacesSecrets: SecretStore;
  variables: Map<string, Variable>;
  rulesets: Ruleset[];
  /** The keys in the subject of a job's OpenID Connect token. */
  oidcClaimKeys: string[];
  /** Definitions of its repositories' properties, by name in lower case. */
  properties: Map<string, CustomProperty>;
  webhooks: Webhook[];
  settings: OrganisationSettings;
  /** Whether owners see IP addresses in the audit log. */
  auditLogAddresses: boolean;
}

export interface Invitation {
  id: number;
  role: "admin" | "member";
  inviter: string;
  createdAt: string;
}

/** An organisation's definition of a property of its repositories. */
export interface CustomProperty {
  name: string;
  valueType: "string" | "single_select" | "multi_select" | "true_false" | "url";
  /** Whether every repository has a value; by default it is the property's default. */
  required: boolean;
  defaultValue: PropertyValue | null;
  description: string | null;
  allowedValues: string[] | null;
  valuesEditableBy: "org_actors" | "org_and_repo_actors";
}
