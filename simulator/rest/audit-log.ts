import { locateOrganisation, openOrganisation } from "../http/access.ts";
import { notFound } from "../http/api-error.ts";
import { createRoutes } from "../http/env.ts";
import type { AuditEntry } from "../world/state.ts";

/** https://docs.github.com/en/enterprise-cloud@latest/rest/orgs/orgs#get-the-audit-log-for-an-organization */
export const auditLogRoutes = createRoutes().get("/orgs/:org/audit-log", (c) => {
  const { world, api } = c.var;
  if (locateOrganisation(c).plan !== "enterprise") throw notFound();
  const { login, id } = openOrganisation(
    c,
    "organization_administration",
    "read",
    "read:audit_log",
  );
  const terms = parsePhrase(c.req.query("phrase") ?? "");
  const entries = world.state.auditLog
    .filter((entry) => entry.fields.org === login && terms.every((term) => matches(entry, term)))
    .sort((a, b) => (c.req.query("order") === "asc" ? a.at - b.at : b.at - a.at));
  const size = Math.min(100, Number(c.req.query("per_page") ?? 30) || 30);
  const after = c.req.query("after");
  const start = after === undefined ? 0 : entries.findIndex((entry) => entry.id === after) + 1;
  const page = entries.slice(start, start + size);
  if (start + size < entries.length) {
    const url = new URL(`${api}${c.req.path}${new URL(c.req.url).search}`);
    url.searchParams.set("after", page.at(-1)?.id ?? "");
    c.header("Link", `<${url.href}>; rel="next"`);
  }
  return c.json(
    page.map((entry) => ({
      "@timestamp": entry.at,
      _document_id: entry.id,
      action: entry.action,
      actor: entry.actor,
      actor_id: world.findUser(entry.actor)?.id ?? 0,
      created_at: entry.at,
      org_id: id,
      ...(entry.hashedToken === undefined ? {} : { hashed_token: entry.hashedToken }),
      ...entry.fields,
    })),
  );
});

interface Term {
  name: string;
  value: string;
}

/** `action:repo.create_actions_secret actor:ada hashed_token:"..."`, all of which must hold. */
function parsePhrase(phrase: string): Term[] {
  return [...phrase.matchAll(/(\w+):(?:"([^"]*)"|(\S+))/g)].map((match) => ({
    name: match[1] ?? "",
    value: match[2] ?? match[3] ?? "",
  }));
}

function matches(entry: AuditEntry, { name, value }: Term): boolean {
  switch (name) {
    case "action":
      return entry.action === value || entry.action.startsWith(`${value}.`);
    case "actor":
      return entry.actor.toLowerCase() === value.toLowerCase();
    case "hashed_token":
      return entry.hashedToken === value;
    case "created": {
      const comparison = /^(>=|<=|>|<)?(.+)$/.exec(value);
      const date = Date.parse(comparison?.[2] ?? "");
      switch (comparison?.[1]) {
        case ">=":
        case ">":
          return entry.at >= date;
        case "<=":
        case "<":
          return entry.at <= date;
        default:
          return new Date(entry.at).toISOString().startsWith(value);
      }
    }
    default:
      return String(entry.fields[name]) === value;
  }
}
