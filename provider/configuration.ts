import type { z } from "zod";
import { refuseOwner } from "../src/fleet/owner-guard.ts";
import { refuseRemoval } from "../src/fleet/removal-guard.ts";
import { fleetText, providerProperties } from "../src/properties/provider.ts";
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
  const reasons = toFailures(parsed.error).map(({ property, reason }) => `${property}: ${reason}`);
  throw new UserError(`the provider in the state cannot be used: ${reasons.join("; ")}`);
}

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
  const before = Object.keys(fleetText.safeParse(olds["repositories"]).data ?? {});
  const allowed = typeof allowRemovals === "number" ? allowRemovals : 0;
  const reasons = [
    refuseOwner(textOf(olds["owner"]), owner, textOf(allowOwner)),
    refuseRemoval(before, Object.keys(repositories), allowed),
  ];
  return {
    inputs,
    failures: reasons.flatMap((reason) => (reason ? [{ property: "", reason }] : [])),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
