import { randomBytes } from "node:crypto";
import { actorName, type Actor } from "./actor.ts";
import type { AuditEntry } from "./state.ts";
import type { World } from "./world.ts";

/** Writes an entry as the organisation's owners later read it. */
export function recordAudit(
  world: World,
  actor: Actor,
  action: string,
  fields: AuditEntry["fields"],
): void {
  world.state.auditLog.push({
    id: randomBytes(16).toString("base64url"),
    action,
    actor: actorName(actor),
    at: world.clock.now(),
    hashedToken: actor.kind === "anonymous" ? undefined : actor.hashedToken,
    fields,
  });
}
