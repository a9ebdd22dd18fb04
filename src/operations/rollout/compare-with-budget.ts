import type { Budget, BudgetWindow } from "../../github/client/read-budget.ts";
import type { BudgetEstimate } from "./estimate-budget.ts";

/** @returns a warning for each of GitHub's budgets that is too small for what is planned */
export function compareWithBudget(
  { requests, graphqlPoints }: BudgetEstimate,
  left: Budget | undefined,
): string[] {
  if (!left) return [];
  return [
    ...compare("requests", requests, left.rest),
    ...compare("GraphQL points", graphqlPoints, left.graphql),
  ];
}

function compare(what: string, needed: number, left: BudgetWindow | undefined): string[] {
  if (left === undefined || needed <= left.remaining) return [];
  const fresh = new Date(left.reset * 1000).toISOString().slice(11, 16);
  return [
    `the admin token has ${left.remaining} ${what} left for the ${needed} that this takes; ` +
      `GitHub gives new ones at ${fresh} UTC: begin after that, or resume then what stops`,
  ];
}
