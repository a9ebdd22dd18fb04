import type { z } from "zod";
import { ApiError, validationFailed } from "./api-error.ts";

type Issue = z.core.$ZodIssue;

/**
 * The refusal of an invalid body. GitHub reports missing fields and wrong types in one
 * sentence: `Invalid request.\n\nFor 'properties/body', false is not a string.`
 * https://github.com/magit/forge/issues/748
 */
export function invalidRequest(
  issues: readonly Issue[],
  body: unknown,
  resource: string,
): ApiError {
  const missing = issues.filter(
    (issue) => isOfType(issue) && issue.path.length === 1 && valueAt(body, issue) === undefined,
  );
  if (missing.length > 0) {
    const names = missing.map(({ path }) => `"${String(path[0])}"`).join(", ");
    const were = missing.length === 1 ? "wasn't" : "weren't";
    return new ApiError(422, `Invalid request.\n\n${names} ${were} supplied.`);
  }
  const wrong = issues.find(isOfType);
  if (wrong !== undefined) {
    const value = JSON.stringify(valueAt(body, wrong) ?? null).replace(/^null$/, "nil");
    const article = /^[aeio]/.test(wrong.expected) ? "an" : "a";
    return new ApiError(
      422,
      `Invalid request.\n\nFor 'properties/${wrong.path.join("/")}', ${value} is not ${article} ${wrong.expected}.`,
    );
  }
  return validationFailed(
    ...issues.map(({ path }) => ({ resource, field: path.join("."), code: "invalid" as const })),
  );
}

function isOfType(issue: Issue): issue is z.core.$ZodIssueInvalidType {
  return issue.code === "invalid_type";
}

function valueAt(body: unknown, { path }: Issue): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    body,
  );
}
