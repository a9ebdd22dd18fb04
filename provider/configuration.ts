import { z } from "zod";
import type { Properties } from "./property-values.ts";
import { refuseRemoval } from "../src/fleet/removal-guard.ts";
import type { CheckResult } from "./resource-type.ts";

const schema = z.object({
  /** The organisation or user whose repositories are managed. */
  owner: z.string().min(1),
  /** Root of the REST API. */
  baseUrl: z.url(),
  /** Root of the registry. */
  registryUrl: z.url().default("https://ghcr.io"),
  /** The admin token; absent where the caller reads anonymously. */
  token: z.string().optional(),
  pace: z.enum(["steady", "burst"]).default("steady"),
  /** The fleet: repository name to branch. */
  repositories: z.record(z.string(), z.string()),
});

/** The arguments of the provider, as `Configure` receives them. */
export type Configuration = z.infer<typeof schema>;

export function parseConfiguration(args: Properties): Configuration {
  return schema.parse(args);
}

/**
 * Sees the fleet before and after, and so holds the removal guard, in a plain preview too.
 * The number of removals that this run allows is not kept: the next run starts at the limit.
 */
export function checkConfiguration(olds: Properties, news: Properties): CheckResult {
  const { allowRemovals, ...inputs } = news;
  const names = (properties: Properties) => Object.keys(properties["repositories"] ?? {});
  const allowed = typeof allowRemovals === "number" ? allowRemovals : 0;
  const reason = refuseRemoval(names(olds), names(inputs), allowed);
  return { inputs, failures: reason ? [{ property: "", reason }] : [] };
}
