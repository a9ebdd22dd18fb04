import { RequestError } from "@octokit/request-error";
import { GraphqlResponseError } from "@octokit/graphql";
import { UserError } from "../../user-error.ts";

/**
 * Turns an error of a GitHub call into one that names the subject and the likely fix. GitHub answers 404
 * where a token may not see or write something, so "Not Found" alone would be misleading.
 *
 * @param subject what the call does, e.g. `write the secret GHCR_PAT of acme`
 */
export function explainFailure(error: unknown, subject: string): Error {
  if (error instanceof UserError) return error;
  if (error instanceof GraphqlResponseError) {
    const messages = (error.errors ?? []).map((each) => each.message).join("; ");
    const reason = messages || "GitHub refused without a reason";
    return new UserError(`cannot ${subject}: ${withoutStop(reason)}${nextStepOfQuery(error)}`);
  }
  if (!(error instanceof RequestError)) return asError(error);
  // octokit gives network failures the status 500, too.
  const reason = error.response
    ? `GitHub answered ${error.status} ${answerOf(error)}`
    : firstLine(error.message);
  return new UserError(`cannot ${subject}: ${reason}${nextStep(error)}`);
}

/** Runs a call, and explains its errors. */
export async function explaining<T>(subject: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw explainFailure(error, subject);
  }
}

/**
 * The next step after a limit that lasts too long to wait for.
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
function limitStep(headers: Headers): string | undefined {
  const seconds = Number(headers["retry-after"]);
  const reset = Number(headers["x-ratelimit-reset"]) * 1000;
  const isUsedUp = headers["x-ratelimit-remaining"] === "0" && reset > 0;
  if (!isUsedUp && !(seconds > 0)) return undefined;
  const until = isUsedUp ? reset : Date.now() + seconds * 1000;
  const at = `${new Date(until).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return `GitHub's budget for this token is used up until ${at}: run again then`;
}

/** Whether GitHub refused because a limit is used up, and not because of the request itself. */
export function isLimit({ response, status }: RequestError): boolean {
  return status === 429 || limitStep(response?.headers ?? {}) !== undefined;
}

/** GitHub's word, in REST and GraphQL, where the repository is archived; neither has an error code for it. */
const archived = /\barchived\b/;
const unarchive =
  "; unarchive it, or remove it from the fleet, then run again: entries that select by anything but the name leave out archived repositories automatically";

/** @see https://docs.github.com/en/graphql/guides/forming-calls-with-graphql */
function nextStepOfQuery(error: GraphqlResponseError<unknown>): string {
  const errors = error.errors ?? [];
  if (errors.some(({ message }) => archived.test(message))) return unarchive;
  const types = new Set(errors.map(({ type }) => type));
  if (types.has("NOT_FOUND")) {
    return "; it may have been deleted, renamed or moved, or the admin token may not see it: check that, then run again";
  }
  if (types.has("FORBIDDEN") || types.has("INSUFFICIENT_SCOPES")) {
    return "; check that the admin token may do this, then run again";
  }
  return "; run again, and if it fails again, fix what GitHub names";
}

type Headers = Readonly<Record<string, string | number | undefined>>;

function nextStep(error: RequestError): string {
  const headers = error.response?.headers ?? {};
  const accepted = headers["x-accepted-oauth-scopes"];
  switch (error.status) {
    case 401:
      return (
        "; the token is wrong, revoked or has expired: set a new one (github:token or GITHUB_TOKEN). " +
        "If a new one is already set, a refresh still uses the token of the last run: pulumi up --refresh --run-program"
      );
    // GitHub answers 404 for missing permissions, too.
    case 403:
    case 404:
    case 429: {
      if (archived.test(error.message)) return unarchive;
      const limit = limitStep(headers);
      if (limit) return `; ${limit}`;
      const needs = accepted ? ` This call accepts the scopes: ${accepted}.` : "";
      const isOther = error.status === 404 && headers["x-github-media-type"] === undefined;
      const address = isOther ? noApi : "";
      return `; check that it exists and that the admin token may do this.${needs}${address}`;
    }
    case 500:
    case 502:
    case 503:
    case 504:
      return "; if it continues, check that github:baseUrl is reachable, then run again";
    default:
      return "; run again, and if it fails again, fix what GitHub names";
  }
}

/** GitHub's REST API names the media type in each answer. https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api#media-types */
const noApi =
  " What answered does not look like GitHub's REST API: check github:baseUrl, which ends with /api/v3 for an Enterprise Server.";

/** A proxy, or GitHub when it is down, answers with a page instead of a message. */
function answerOf({ message }: RequestError): string {
  return /^\s*</.test(message) ? "with a web page instead of an answer" : `"${firstLine(message)}"`;
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, "");
}

/** octokit appends the documentation URL to the message. */
function firstLine(message: string): string {
  return (message.split(/\n| - https:/)[0] ?? message).slice(0, 300);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
