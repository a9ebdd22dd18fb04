import type { AuditEntry } from "../../world/state/state.ts";

/** `repo:acme/web`, `-action:repo.create` or `hashed_token:"..."`. */
interface Term {
  readonly name: string;
  readonly value: string;
  readonly excludes: boolean;
}

export interface AuditSearch {
  matches(entry: AuditEntry): boolean;
  /** Whether it contains a date; without one, GitHub returns the last three months. */
  readonly saysWhen: boolean;
}

/**
 * A search phrase: qualifiers, all of which must match. Text without a qualifier is ignored.
 * https://docs.github.com/en/enterprise-cloud@latest/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/reviewing-the-audit-log-for-your-organization#searching-the-audit-log
 */
export function parsePhrase(phrase: string): AuditSearch {
  const terms = [...phrase.matchAll(/(-?)(\w+):(?:"([^"]*)"|(\S+))/g)].map(
    ([, minus, name = "", quoted, plain]): Term => ({
      name,
      value: quoted ?? plain ?? "",
      excludes: minus === "-",
    }),
  );
  return {
    matches: (entry) => terms.every((term) => holds(entry, term) !== term.excludes),
    saysWhen: terms.some(({ name }) => name === "created"),
  };
}

function holds(entry: AuditEntry, { name, value }: Term): boolean {
  switch (name) {
    case "action":
      return entry.action === value || entry.action.startsWith(`${value}.`);
    case "actor":
      return entry.actor.toLowerCase() === value.toLowerCase();
    case "repo":
      return String(entry.fields["repo"]).toLowerCase() === value.toLowerCase();
    case "hashed_token":
      return entry.hashedToken === value;
    case "created":
      return isWithin(entry.at, value);
    default:
      return String(entry.fields[name]) === value;
  }
}

/** `2026-05-01`, `>=2026-05-01T08:30:00+00:00` or `2026-05-01..2026-05-31`. */
function isWithin(at: number, value: string): boolean {
  const [first = "", last] = value.split("..");
  if (last !== undefined) return at >= startOf(first) && at < endOf(last);
  const [, comparison, date = ""] = /^(>=|<=|>|<)?(.+)$/.exec(value) ?? [];
  switch (comparison) {
    case ">=":
      return at >= startOf(date);
    case ">":
      return at >= endOf(date);
    case "<":
      return at < startOf(date);
    case "<=":
      return at < endOf(date);
    default:
      return at >= startOf(date) && at < endOf(date);
  }
}

function startOf(date: string): number {
  return Date.parse(date);
}

/** A date without a time lasts a day, a time a second. */
function endOf(date: string): number {
  return Date.parse(date) + (date.includes("T") ? 1000 : 86_400_000);
}
