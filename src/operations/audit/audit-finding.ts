import { z } from "zod";

/** The rules of an audit, with their titles. */
export const auditRules = {
  "token-foreign-address": "The publishing PAT was used from an address that is not expected",
  "token-foreign-actor": "The publishing PAT was used by another account than its owner",
  "token-foreign-repository": "The publishing PAT was used outside the fleet",
  "token-foreign-use": "The publishing PAT was used for something other than publishing",
  "token-old": "An earlier PAT was used after its rotation",
  "secret-changed": "The secret was changed, and not by the stack",
  "secret-passed": "The secret was given to a workflow that does not belong to the fleet",
  "variable-changed": "A variable of the fleet was changed, and not by the stack",
  "package-published": "An image was published by somebody who is not expected",
  "package-deleted": "A package of the fleet, or a version of it, was deleted",
  "permissions-changed": "What workflows may do was changed, and not by the stack",
  "repository-changed": "A repository of the fleet was opened, moved, archived or deleted",
} as const;

export type AuditRule = keyof typeof auditRules;

export const auditFindingSchema = z.object({
  /** The same in every run; the argument of `--acknowledge`. */
  id: z.string(),
  rule: z.enum(Object.keys(auditRules) as [AuditRule, ...AuditRule[]]),
  /** `error`: an outsider may have or use the token. `warning`: a change to check. */
  level: z.enum(["error", "warning"]),
  /** What was seen. */
  text: z.string(),
  /** The next step. */
  fix: z.string(),
  /** ISO-8601 */
  firstAt: z.iso.datetime(),
  lastAt: z.iso.datetime(),
  /** How often it was seen. */
  count: z.int().positive(),
  /** `owner/name`, where it is about one. */
  repository: z.string().nullable(),
  actor: z.string().nullable(),
  address: z.string().nullable(),
});

/** Something that a person should check. */
export type AuditFinding = z.output<typeof auditFindingSchema>;
