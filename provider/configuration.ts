import { z } from "zod";
import { refuseOwner } from "../src/fleet/owner-guard.ts";
import { refuseRemoval } from "../src/fleet/removal-guard.ts";
import { isPrivateUrl } from "../src/private-url.ts";
import { UserError } from "../src/user-error.ts";
import { hasUnknown, type Properties } from "./property-values.ts";
import type { CheckResult } from "./resource-type.ts";
import { toFailures } from "./to-failures.ts";

/**
 * Repository name to branch. It travels as one JSON text: the engine sends the provider's
 * properties along with every resource that a policy sees, and a map of a thousand costs seconds.
 */
const fleet = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue("must be JSON: repository name to branch");
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), z.string()));

const schema = z.object({
  /** The organisation whose repositories are managed. */
  owner: z.string().min(1),
  /** Root of the REST API. */
  baseUrl: z
    .url({ abort: true })
    .refine(isPrivateUrl, "would send the admin token and the PAT in clear; use https"),
  /** Root of the registry. */
  registryUrl: z
    .url({ abort: true })
    .refine(isPrivateUrl, "would send the PAT in clear; use https")
    .default("https://ghcr.io"),
  /** The admin token; absent where the caller reads anonymously. */
  token: z.string().optional(),
  pace: z.enum(["steady", "burst"]).default("steady"),
  repositories: fleet,
});

/** The arguments of the provider, as `Configure` receives them. */
export type Configuration = z.infer<typeof schema>;

/** @throws {UserError} a refresh brings what the state holds, and no check has judged that */
export function parseConfiguration(args: Properties): Configuration {
  const parsed = schema.safeParse(args);
  if (parsed.success) return parsed.data;
  const reasons = toFailures(parsed.error).map(({ property, reason }) => `${property}: ${reason}`);
  throw new UserError(`the state holds a provider that cannot be used: ${reasons.join("; ")}`);
}

/**
 * Sees the fleet before and after, and so holds the guards of owner and removals, in a plain preview
 * too. What this one run allows is not kept: the next run starts at the limit.
 */
export function checkConfiguration(olds: Properties, news: Properties): CheckResult {
  const { allowOwner, allowRemovals, ...inputs } = news;
  if (hasUnknown(inputs)) return { inputs, failures: [] };
  const parsed = schema.safeParse(inputs);
  if (!parsed.success) return { inputs, failures: toFailures(parsed.error) };
  const { owner, repositories } = parsed.data;
  const before = Object.keys(fleet.safeParse(olds["repositories"]).data ?? {});
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
