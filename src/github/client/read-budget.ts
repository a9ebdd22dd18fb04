import { z } from "zod";
import { explaining } from "./explain-failure.ts";
import type { GitHubClient } from "./github-client.ts";
import { readAnswer } from "./parse-answer.ts";
import { unlessMissing } from "./unless-refused.ts";

/** One of a token's hourly budgets. */
export interface BudgetWindow {
  readonly remaining: number;
  /** Seconds since 1970. */
  readonly reset: number;
}

const windowSchema = z.object({ remaining: z.int(), reset: z.int() });
const limitsSchema = z.object({
  resources: z.object({ core: windowSchema, graphql: windowSchema.optional() }),
});

/** What the token may still request in this hour. */
export interface Budget {
  readonly rest: BudgetWindow;
  readonly graphql: BudgetWindow | undefined;
}

/**
 * Reads the hourly budgets; this request is not counted.
 *
 * @returns nothing where there are no limits, as on most GitHub Enterprise Servers
 * @see https://docs.github.com/en/rest/rate-limit/rate-limit
 */
export async function readBudget(github: GitHubClient): Promise<Budget | undefined> {
  const limits = await explaining("read GitHub's budget", () =>
    unlessMissing(() => readAnswer(github, limitsSchema, "GET /rate_limit")),
  );
  return limits && { rest: limits.resources.core, graphql: limits.resources.graphql };
}
