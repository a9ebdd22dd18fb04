import { RequestError } from "@octokit/request-error";
import { expect, test } from "vitest";
import { explainFailure } from "../../src/github/explain-failure.ts";

function refusal(status: number, headers: Record<string, string>) {
  const request = { method: "GET" as const, url: "https://api.github.com/user", headers: {} };
  const response = { status, url: request.url, headers, data: {} };
  return new RequestError("API rate limit exceeded", status, { request, response });
}

test("a budget that is used up for long is told with its end, not as a missing right", () => {
  const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000000" };
  expect(explainFailure(refusal(403, headers), "read the fleet").message).toBe(
    'cannot read the fleet: GitHub answered 403 "API rate limit exceeded"; GitHub\'s budget for this token is used up until 2027-01-15 08:00 UTC: run again then',
  );
});

test("a refusal without a limit is about rights", () => {
  expect(explainFailure(refusal(403, {}), "read the fleet").message).toContain(
    "check that it exists and that the admin token may do this",
  );
});
