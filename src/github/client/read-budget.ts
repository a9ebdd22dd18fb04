import { z } from "zod";
import { explaining } from "./explain-failure.ts";
import type { GitHubClient } from "./github-client.ts";
import { readAnswer } from "./parse-answer.ts";
import { unlessMissing } from "./unless-refused.ts";

const windowSchema = z.object({
  remaining: z.int(),
  /** Seconds since 1970. */
  reset: z.int(),
});
/** One of a token's hourly budgets. */
export type BudgetWindow = Readonly<z.output<typeof windowSchema>>;

const limitsSchema = z
  .object({ resources: z.object({ core: windowSchema, graphql: windowSchema.optional() }) })
  .transform(({ resources: { core, graphql } }) => ({ rest: core, graphql }));
/** What the token may still request in this hour. */
export type Budget = Readonly<z.output<typeof limitsSchema>>;

/**
 * Reads the hourly budgets; this request is not counted.
 *
 * @returns nothing where there are no limits, as on most GitHub Enterprise Servers
 * @see https://docs.github.com/en/rest/rate-limit/rate-limit
 */
export async function readBudget(github: GitHubClient): Promise<Budget | undefined> {
  return explaining("read GitHub's budget", () =>
    unlessMissing(() => readAnswer(github, limitsSchema, "GET /rate_limit")),
  );
}
