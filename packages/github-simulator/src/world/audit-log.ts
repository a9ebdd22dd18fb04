import type { Session } from "./session.ts";
import { randomBytes } from "node:crypto";
import { actorName } from "./actor.ts";
import type { AuditEntry, TokenKind } from "./state/state.ts";
import type { Repository } from "./state/repository.ts";
import type { Organisation } from "./state/accounts.ts";

/** Adds an entry to the organisation's audit log. */
export function recordAudit(
  { world, actor }: Session,
  action: string,
  fields: AuditEntry["fields"],
): void {
  const known = actor.kind === "anonymous" ? undefined : actor;
  world.state.auditLog.push({
    id: randomBytes(16).toString("base64url"),
    action,
    actor: actorName(actor),
    at: world.clock.now(),
    // A person in the browser uses no token.
    ...(known?.hashedToken && {
      hashedToken: known.hashedToken,
      accessType: accessType[known.kind],
    }),
    ...(known?.client?.address && { address: known.client.address }),
    ...(known?.client?.userAgent && { userAgent: known.client.userAgent }),
    fields,
  });
}

/** The fields that name a repository in an entry. */
export function auditedRepository({ id, owner, name, visibility }: Repository) {
  return {
    org: owner,
    repo: `${owner}/${name}`,
    repo_id: id,
    repository: `${owner}/${name}`,
    repository_public: visibility === "public",
  };
}

/** The same for the owner of settings: an organisation or a repository, with the action's prefix. */
export function auditedHolder(holder: Organisation | Repository): {
  prefix: "org" | "repo";
  fields: AuditEntry["fields"];
} {
  return "objects" in holder
    ? { prefix: "repo", fields: auditedRepository(holder) }
    : { prefix: "org", fields: { org: holder.login } };
}

/** https://docs.github.com/en/enterprise-cloud@latest/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/identifying-audit-log-events-performed-by-an-access-token */
const accessType: Readonly<Record<TokenKind, string>> = {
  classic: "Personal access token (classic)",
  "fine-grained": "Fine-grained personal access token",
  app: "GitHub App server-to-server token",
  job: "GitHub App server-to-server token",
};
