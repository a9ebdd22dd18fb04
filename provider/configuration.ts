import type { z } from "zod";
import { refuseOwner } from "../src/fleet/owner-guard.ts";
import { refuseRemoval } from "../src/fleet/removal-guard.ts";
import { providerProperties } from "../src/properties/provider.ts";
import { unreadableState } from "../src/properties/unreadable-state.ts";
import { UserError } from "../src/user-error.ts";
import { toFailures, type CheckResult } from "./protocol/check-inputs.ts";
import { hasUnknown, type Properties } from "./protocol/property-values.ts";

/** Allowances for one run are judged when the configuration is checked, and not stored. */
const schema = providerProperties.args.omit({ allowOwner: true, allowRemovals: true });

/** The arguments of the provider, as `Configure` receives them. */
export type Configuration = z.output<typeof schema>;

/** @throws {UserError} the state has invalid properties: a refresh passes them without a check */
export function parseConfiguration(args: Properties): Configuration {
  const parsed = schema.safeParse(args);
  if (parsed.success) return parsed.data;
  throw new UserError(`the provider in the state cannot be used: ${reasonsOf(parsed.error)}`);
}

/** What the guards compare with; a new stack has neither. */
const beforeSchema = schema.pick({ owner: true, repositories: true }).partial();

/**
 * Compares the fleet before and after, so that the guards of owner and removals work in a plain
 * preview, too. The allowances for one run are not stored: the next run starts with the default limit.
 */
export function checkConfiguration(olds: Properties, news: Properties): CheckResult {
  const { allowOwner, allowRemovals, ...inputs } = news;
  if (hasUnknown(inputs)) return { inputs, failures: [] };
  const parsed = schema.safeParse(inputs);
  if (!parsed.success) return { inputs, failures: toFailures(parsed.error) };
  const { owner, repositories } = parsed.data;
  const present = Object.entries(olds).filter(([, value]) => value !== null && !hasUnknown(value));
  const before = beforeSchema.safeParse(Object.fromEntries(present));
  if (!before.success) {
    const reason = `the stack's state does not say which owner and repositories the fleet had: ${reasonsOf(before.error)}. ${unreadableState}`;
    return { inputs, failures: [{ property: "", reason }] };
  }
  const allowed = typeof allowRemovals === "number" ? allowRemovals : 0;
  const reasons = [
    refuseOwner(before.data.owner, owner, textOf(allowOwner)),
    refuseRemoval(Object.keys(before.data.repositories ?? {}), Object.keys(repositories), allowed),
  ];
  return {
    inputs,
    failures: reasons.flatMap((reason) => (reason ? [{ property: "", reason }] : [])),
  };
}

function reasonsOf(error: z.ZodError): string {
  return toFailures(error)
    .map(({ property, reason }) => `${property}: ${reason}`)
    .join("; ");
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
