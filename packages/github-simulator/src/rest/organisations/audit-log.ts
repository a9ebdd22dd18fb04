import { locateOrganisation, openOrganisation } from "../../http/access.ts";
import { notFound } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import type { AuditEntry } from "../../world/state/state.ts";
import type { Organisation } from "../../world/state/accounts.ts";
import type { World } from "../../world/world.ts";
import { parsePhrase } from "./audit-phrase.ts";

const day = 86_400_000;

/**
 * Enterprise Cloud's audit log; organisations on other plans have none.
 * https://docs.github.com/en/enterprise-cloud@latest/rest/orgs/orgs#get-the-audit-log-for-an-organization
 */
export const auditLogRoutes = createRoutes().get("/orgs/:org/audit-log", (c) => {
  const { world } = c.var;
  if (locateOrganisation(c).plan !== "enterprise") throw notFound();
  const organisation = openOrganisation(c, "organization_administration", "read", "read:audit_log");
  const search = parsePhrase(c.req.query("phrase") ?? "");
  const include = c.req.query("include") ?? "web";
  const now = world.clock.now();
  const found = world.state.auditLog.filter(
    (entry) =>
      entry.fields["org"] === organisation.login &&
      entry.at >= now - keptFor(entry) &&
      (search.saysWhen || entry.at >= now - 90 * day) &&
      (include === "all" || isGit(entry) === (include === "git")) &&
      search.matches(entry),
  );
  // The sort is stable: events with the same time stay in order.
  const oldestFirst = found.sort((a, b) => a.at - b.at);
  const ordered = c.req.query("order") === "asc" ? oldestFirst : oldestFirst.reverse();
  return c.json(pageOf(c, ordered).map((entry) => auditShape(world, organisation, entry)));
});

/** "The audit log lists events ... within the last 180 days"; "Git events are retained for seven days". */
function keptFor(entry: AuditEntry): number {
  return (isGit(entry) ? 7 : 180) * day;
}

function isGit({ action }: AuditEntry): boolean {
  return action.startsWith("git.");
}

/** The page after or before a cursor, with the cursors of its neighbours in `Link`. */
function pageOf(c: ApiContext, entries: AuditEntry[]): AuditEntry[] {
  const size = Math.min(100, Number(c.req.query("per_page") ?? 30) || 30);
  const { after, before } = c.req.query();
  const indexOf = (cursor: string) => entries.findIndex((entry) => cursorOf(entry) === cursor);
  const end = before ? Math.max(0, indexOf(before)) : entries.length;
  const start = after ? indexOf(after) + 1 : before ? Math.max(0, end - size) : 0;
  const page = entries.slice(start, Math.min(end, start + size));
  const link = (rel: "next" | "prev", at: AuditEntry | undefined) => {
    const url = new URL(`${c.var.api}${c.req.path}${new URL(c.req.url).search}`);
    url.searchParams.set("after", rel === "next" && at ? cursorOf(at) : "");
    url.searchParams.set("before", rel === "prev" && at ? cursorOf(at) : "");
    return `<${url.href}>; rel="${rel}"`;
  };
  const links = [
    ...(start + page.length < entries.length ? [link("next", page.at(-1))] : []),
    ...(start > 0 ? [link("prev", page[0])] : []),
  ];
  if (links.length > 0) c.header("Link", links.join(", "));
  return page;
}

/** Opaque to clients, as GitHub's are. */
function cursorOf(entry: AuditEntry): string {
  return Buffer.from(`${entry.at}|${entry.id}`).toString("base64");
}

/**
 * One event. Owners see `actor_ip` only after they enabled it:
 * https://docs.github.com/en/enterprise-cloud@latest/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/displaying-ip-addresses-in-the-audit-log-for-your-organization
 */
function auditShape(world: World, { id, auditLogAddresses }: Organisation, entry: AuditEntry) {
  const { hashedToken, accessType, address, userAgent } = entry;
  return {
    "@timestamp": entry.at,
    _document_id: entry.id,
    action: entry.action,
    actor: entry.actor,
    actor_id: world.findUser(entry.actor)?.id ?? 0,
    created_at: entry.at,
    org_id: id,
    ...(hashedToken !== undefined && {
      hashed_token: hashedToken,
      programmatic_access_type: accessType,
    }),
    ...(address !== undefined && auditLogAddresses && { actor_ip: address }),
    ...(userAgent !== undefined && { user_agent: userAgent }),
    ...entry.fields,
  };
}
