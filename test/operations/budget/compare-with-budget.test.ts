import { expect, test } from "vitest";
import { compareWithBudget } from "../../../src/operations/budget/estimate-budget.ts";

const estimate = { requests: 300, writes: 90, graphqlPoints: 40, contentWrites: 8, seconds: 90 };
const reset = Date.parse("2031-05-06T07:30:00Z") / 1000;

test("a budget that is large enough is not mentioned", () => {
  const left = { rest: { remaining: 300, reset }, graphql: { remaining: 40, reset } };
  expect(compareWithBudget(estimate, left)).toEqual([]);
  expect(compareWithBudget(estimate, { ...left, graphql: undefined })).toEqual([]);
  expect(compareWithBudget(estimate, undefined)).toEqual([]);
});

test("one that is too small says what is missing, and when there is more", () => {
  const left = { rest: { remaining: 12, reset }, graphql: { remaining: 5000, reset } };
  expect(compareWithBudget(estimate, left)).toEqual([
    "the admin token has 12 requests left, and this needs 300; GitHub renews the budget at 07:30 UTC: start after that, or resume then",
  ]);
});
