import type { PolicyConfigSchema } from "@pulumi/policy";
import type { Exception } from "../model/rule.ts";
import type { Resource, Rule } from "../model/rule.ts";
import { safeToPrint } from "../workflow/safe-to-print.ts";

const longestDays = 90;
const day = 86_400_000;

/**
 * Every rule allows exceptions. The rule exception-expiry judges whether an exception is complete, so
 * that a missing owner is a violation with a name and not a configuration that cannot be loaded.
 */
const exceptionsSchema: PolicyConfigSchema["properties"] = {
  exceptions: {
    type: "array",
    default: [],
    description: "Where this rule may be broken, who is responsible, why and until when.",
    items: {
      type: "object",
      additionalProperties: false,
      properties: {
        for: { type: "string", description: "Name of a repository or of a resource." },
        owner: { type: "string", description: "Who is responsible for it." },
        reason: { type: "string", description: "Why it is needed." },
        until: { type: "string", description: "Last day, such as 2026-03-31." },
      },
    },
  },
};

/** The settings of a rule in a policy configuration, other than its level. */
export function configSchemaOf({ thresholds }: Rule): PolicyConfigSchema {
  return { properties: { ...thresholds?.properties, ...exceptionsSchema } };
}

/** The exceptions in a rule's configuration. */
export function exceptionsOf(config: object): readonly Exception[] {
  const { exceptions } = config as { exceptions?: unknown };
  return Array.isArray(exceptions) ? (exceptions as Exception[]) : [];
}

/** Whether a valid exception covers the resource. An invalid one covers nothing. */
export function isExcepted(
  exceptions: readonly Exception[],
  { name, props }: Pick<Resource, "name" | "props">,
  now: Date,
): boolean {
  // Without exceptions no property is read, because preview may not know it.
  if (exceptions.length === 0) return false;
  const names = [name, props["repository"]];
  return exceptions.some(
    (exception) => names.includes(exception.for) && [...defectsOf(exception, now)].length === 0,
  );
}

/** What an exception lacks; each text completes the sentence "the exception must …". */
export function* defectsOf(exception: Exception, now: Date): Iterable<string> {
  if (isBlank(exception.for)) yield "say which repository or resource it is for";
  if (isBlank(exception.owner)) yield "have an owner";
  if (isBlank(exception.reason)) yield "have a reason";
  const end = endOf(exception.until);
  if (end === undefined) {
    yield "have a date: until, such as 2026-03-31";
    return;
  }
  const days = (end - now.getTime()) / day;
  if (days <= 0) yield "not have expired";
  // The day itself counts, so the last allowed day ends one day later.
  if (days > longestDays + 1) yield `end within ${longestDays} days`;
}

/** The name of an exception in a message. */
export function exceptionName(rule: string, index: number, { for: subject }: Exception): string {
  const named = safeToPrint(subject);
  return named ? `the exception of ${rule} for ${named}` : `exception ${index + 1} of ${rule}`;
}

function isBlank(text: unknown): boolean {
  return typeof text !== "string" || text.trim() === "";
}

/** Milliseconds at the end of the day, in UTC. */
function endOf(date: unknown): number | undefined {
  if (typeof date !== "string" || !/^\d{4}-\d\d-\d\d$/.test(date)) return undefined;
  const start = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(start) ? undefined : start + day;
}
