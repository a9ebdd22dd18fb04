import type { Session } from "../session.ts";
import { auditedRepository, recordAudit } from "../audit-log.ts";
import { Refusal } from "../refusal.ts";
import { createSealingKey, openSealedBox } from "./sodium.ts";
import type { Audience, SecretStore } from "../state/secrets.ts";
import type { AuditEntry } from "../state/state.ts";
import type { World } from "../world.ts";
import { type SecretLocation, serviceOf, storeAt } from "../find-secrets.ts";

/** A secret's value is at most 48 KB: https://docs.github.com/en/actions/reference/security/secrets */
const largestValue = 48 * 1024;

/** Opens a sealed box for its scope, as GitHub does on arrival. */
export function openFor(store: SecretStore, keyId: string, box: string): string {
  if (keyId !== store.key.id) {
    throw new Refusal("invalid", "The key_id does not match the current public key.");
  }
  const value = openSealedBox(store.key, box);
  if (value === undefined) throw new Refusal("invalid", "Improperly encrypted secret");
  if (Buffer.byteLength(value) > largestValue) {
    throw new Refusal("invalid", "Secret values must be 48 KB or less.");
  }
  return value;
}

/**
 * https://docs.github.com/en/actions/reference/security/secrets#limits-for-secrets and
 * https://docs.github.com/en/actions/reference/workflows-and-actions/variables#limits-for-configuration-variables
 */
const mostItems = {
  secrets: { organisation: 1000, repository: 100, environment: 100 },
  variables: { organisation: 1000, repository: 500, environment: 100 },
};

/** GitHub documents how many there may be, but not the message for one more. */
export function assertRoom(
  kind: "secrets" | "variables",
  { scope }: SecretLocation,
  count: number,
): void {
  const most = mostItems[kind][scope];
  if (count < most) return;
  throw new Refusal("invalid", `There are ${most} ${kind} already, and no more are allowed.`);
}

/** Creates or overwrites a secret; an overwrite keeps the visibility unless a new one is given. */
export function putSecret(
  session: Session,
  location: SecretLocation,
  name: string,
  value: string,
  audience: Partial<Audience> = {},
): "created" | "updated" {
  const { world } = session;
  const { secrets } = storeAt(world, location);
  const key = name.toUpperCase();
  const existing = secrets.get(key);
  if (existing === undefined) assertRoom("secrets", location, secrets.size);
  const now = world.now();
  secrets.set(key, {
    name: key,
    value,
    visibility: audience.visibility ?? existing?.visibility ?? "all",
    selected: audience.selected ?? existing?.selected ?? new Set(),
    createdAt: existing?.createdAt ?? now,
    updatedAt: now,
  });
  auditSecret(session, location, existing ? "update" : "create", key);
  return existing ? "updated" : "created";
}

export function deleteSecret(session: Session, location: SecretLocation, name: string): void {
  const { secrets } = storeAt(session.world, location);
  if (!secrets.delete(name.toUpperCase())) throw new Refusal("not-found", "Not Found");
  auditSecret(session, location, "remove", name.toUpperCase());
}

/** Gives a scope a new key pair: from now on, boxes sealed for the old one are refused. */
export function rotateSealingKey(world: World, location: SecretLocation): void {
  storeAt(world, location).key = createSealingKey();
}

/** The log's names of the services, as integrations. */
const integrations = { dependabot: "Dependabot", codespaces: "Codespaces" };

function auditSecret(
  session: Session,
  location: SecretLocation,
  verb: "create" | "update" | "remove",
  key: string,
): void {
  const service = serviceOf(location);
  if (service === "actions") auditItem(session, location, `${verb}_actions_secret`, key);
  else {
    const integration = integrations[service];
    auditItem(session, location, `${verb}_integration_secret`, key, { integration });
  }
}

/**
 * Logs a change of a secret or a variable.
 * https://docs.github.com/en/enterprise-cloud@latest/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization
 */
export function auditItem(
  session: Session,
  location: SecretLocation,
  event: string,
  key: string,
  more: AuditEntry["fields"] = {},
): void {
  const prefix = { organisation: "org", repository: "repo", environment: "environment" }[
    location.scope
  ];
  recordAudit(session, `${prefix}.${event}`, {
    key,
    ...more,
    ...(location.scope === "organisation"
      ? { org: location.organisation }
      : auditedRepository(session.world.repository(location.repository))),
    ...(location.scope === "environment" && { environment_name: location.environment }),
  });
}
