import { GraphqlResponseError } from "@octokit/graphql";
import { RequestError } from "@octokit/request-error";
import { expect, test } from "vitest";
import { explainFailure } from "../../../src/github/client/explain-failure.ts";

function refusal(
  status: number,
  headers: Record<string, string>,
  message = "API rate limit exceeded",
) {
  const request = { method: "GET" as const, url: "https://api.github.com/user", headers: {} };
  const response = { status, url: request.url, headers, data: {} };
  return new RequestError(message, status, { request, response });
}

function queryRefusal(type: string, message: string) {
  const request = { method: "POST" as const, url: "https://api.github.com/graphql" };
  const errors = [{ type, message, path: ["a"] as [string], extensions: {}, locations: [] }];
  return new GraphqlResponseError(request, {}, { data: null, errors } as never);
}

test("a budget that is used up for long: the message has its end, and does not mention permissions", () => {
  const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000000" };
  expect(explainFailure(refusal(403, headers), "read the fleet").message).toBe(
    'cannot read the fleet: GitHub answered 403 "API rate limit exceeded"; GitHub\'s budget for this token is used up until 2027-01-15 08:00 UTC: run again then',
  );
});

test("a refusal without a limit is about permissions", () => {
  expect(explainFailure(refusal(403, {}), "read the fleet").message).toContain(
    "check that it exists and that the admin token may do this",
  );
});

test("an answer that is not of GitHub's REST API makes the address suspect", () => {
  const hint = "check github:baseUrl, which ends with /api/v3 for an Enterprise Server";
  const about = (headers: Record<string, string>) =>
    explainFailure(refusal(404, headers, "Not Found"), "read the repositories of acme").message;
  expect(about({})).toContain(hint);
  expect(about({ "x-github-media-type": "github.v3; format=json" })).not.toContain(hint);
});

const archive = "Repository was archived so is read-only.";
const unarchive =
  "unarchive it, or remove it from the fleet, then run again: entries that select by anything but the name leave out archived repositories automatically";

test("an archived repository is named as the reason, in REST and GraphQL", () => {
  const refused = explainFailure(refusal(403, {}, archive), "write the secret acme/api/GHCR_PAT");
  expect(refused.message).toBe(
    `cannot write the secret acme/api/GHCR_PAT: GitHub answered 403 "${archive}"; ${unarchive}`,
  );
  const query = explainFailure(
    queryRefusal("UNPROCESSABLE", archive),
    "write the files of acme/api",
  );
  expect(query.message).toBe(
    `cannot write the files of acme/api: Repository was archived so is read-only; ${unarchive}`,
  );
});

test.each([
  ["NOT_FOUND", "it may have been deleted, renamed or moved"],
  ["FORBIDDEN", "check that the admin token may do this, then run again"],
  ["UNPROCESSABLE", "run again, and if it fails again, fix what GitHub names"],
])("a query that ends in %s has a next step", (type, step) => {
  const { message } = explainFailure(queryRefusal(type, "No."), "write the files of acme/api");
  expect(message).toContain(`cannot write the files of acme/api: No; ${step}`);
});

test.each([400, 401, 403, 404, 409, 410, 422, 451, 500, 502, 503, 504])(
  "an answer %s has a next step",
  (status) => {
    const { message } = explainFailure(refusal(status, {}, "It failed"), "read the fleet");
    expect(message).toMatch(/^cannot read the fleet: GitHub answered \d+ "It failed"; .{20}/);
  },
);

test("a web page instead of an answer: the message has only its status", () => {
  const page = "<!DOCTYPE html>\n<html><title>Unicorn!</title></html>";
  expect(explainFailure(refusal(502, {}, page), "read the fleet").message).toBe(
    "cannot read the fleet: GitHub answered 502 with a web page instead of an answer; if it continues, check that github:baseUrl is reachable, then run again",
  );
});
