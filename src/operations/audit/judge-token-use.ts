import { day } from "../../format-text.ts";
import type { AuditEvent } from "../../github/audit-log/audit-log.ts";
import type { Expectations, KnownToken } from "./expectations.ts";
import { describeActor, type Judge } from "./sighting.ts";
import { isSameName } from "../../is-same-name.ts";

const leaked = "Treat the PAT as leaked: docs/leaked-pat.md";
const hour = 3_600_000;

/** Judge uses of the publishing PAT, and of the earlier ones. */
export const judgesOfTokenUse: readonly Judge[] = [
  onToken("token-old", (event, token, { graceHours }) => {
    if (token.replacedAt === undefined) return undefined;
    const end = Date.parse(token.replacedAt) + graceHours * hour;
    // GitHub gives the time of the replacement in whole seconds.
    if (Date.parse(event.at) < end + 1000) return undefined;
    return `a PAT that was replaced on ${day(token.replacedAt)} was used ${purposeOf(event)} by ${describeActor(event)}`;
  }),
  onToken("token-foreign-actor", (event, { owner }) => {
    if (event.actor === undefined || isSameName(event.actor, owner)) return undefined;
    return `the PAT of ${owner} was used ${purposeOf(event)} by ${describeActor(event)}`;
  }),
  onToken("token-foreign-address", (event, _token, { mayComeFrom }) => {
    if (event.address === undefined || !mayComeFrom || mayComeFrom(event.address)) return undefined;
    return `the PAT was used ${purposeOf(event)} by ${describeActor(event)}`;
  }),
  onToken("token-foreign-repository", (event, _token, expected) => {
    if (isInside(event, expected)) return undefined;
    return `the PAT was used ${purposeOf(event)}, outside the fleet, by ${describeActor(event)}`;
  }),
  onToken("token-foreign-use", (event) => {
    if (event.action.startsWith("packages.")) return undefined;
    return `the PAT was used ${purposeOf(event)}, but is only for publishing, by ${describeActor(event)}`;
  }),
];

function onToken(
  rule: "token-old" | `token-foreign-${"actor" | "address" | "repository" | "use"}`,
  describe: (event: AuditEvent, token: KnownToken, expected: Expectations) => string | undefined,
): Judge {
  return (event, expected) => {
    const token = expected.tokens.find(({ hash }) => hash === event.hashedToken);
    const text = token && describe(event, token, expected);
    if (text === undefined) return undefined;
    return { rule, level: "error", text, fix: fixes[rule] };
  };
}

const fixes = {
  "token-old": `${leaked}; it is still valid, so revoke it`,
  "token-foreign-actor": leaked,
  "token-foreign-address": `${leaked}. If the address is yours, add it to fleet.audit.addresses`,
  "token-foreign-repository": `${leaked}. If the repository may use it, add it to fleet.audit.repositories`,
  "token-foreign-use": leaked,
};

/** A package or repository of the fleet, or a repository that may also use the PAT. */
function isInside(event: AuditEvent, { repositories, guests, images }: Expectations): boolean {
  const repository = event.repository?.toLowerCase();
  if (repository !== undefined && guests.has(repository)) return true;
  if (event.package !== undefined) return images.has(event.package.toLowerCase());
  return repository === undefined || repositories.has(repository);
}

function purposeOf({ action, package: name, repository }: AuditEvent): string {
  if (/^packages\.package(_version)?_published$/.test(action)) return `to publish ${name}`;
  const what = name ?? repository;
  return what === undefined ? `for ${action}` : `for ${action} of ${what}`;
}
