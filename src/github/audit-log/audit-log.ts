import { createHash } from "node:crypto";
import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import { explainFailure, explaining } from "../client/explain-failure.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer, readAnswer } from "../client/parse-answer.ts";
import { unlessMissing } from "../client/unless-refused.ts";

/** Whether the audit log can be read, and if not, whether that can be changed. */
export type AuditLogAccess =
  | { readonly state: "open" }
  /** The plan or the kind of account has none. */
  | { readonly state: "none"; readonly reason: string }
  /** It exists, but this token may not read it. */
  | { readonly state: "refused"; readonly reason: string };

/** GitHub guarantees neither fields nor types: values of another type are left out. */
const text = z
  .string()
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);
const texts = z
  .array(z.string())
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? []);
const moment = z.number().min(0).max(8.64e15).nullish().catch(undefined);

const entrySchema = z.object({
  _document_id: text,
  action: z.string(),
  "@timestamp": moment,
  created_at: moment,
  actor: text,
  actor_ip: text,
  user_agent: text,
  hashed_token: text,
  repo: text,
  repository: text,
  old_name: text,
  key: text,
  environment_name: text,
  package: text,
  secrets_passed: texts,
  job_name: text,
  job_workflow_ref: text,
  calling_workflow_refs: texts,
});

interface AuditQuery {
  /**
   * The search: one value for each qualifier, as GitHub documents it.
   * @see https://docs.github.com/en/enterprise-cloud@latest/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/reviewing-the-audit-log-for-your-organization#searching-the-audit-log
   */
  readonly phrase: string;
  /** ISO-8601: events of this moment or later. */
  readonly since: string;
  /** The order in which events are read; default: `oldest`. */
  readonly first?: "oldest" | "newest";
  /** Called before each page; false leaves the rest unread. */
  readonly mayContinue: () => boolean;
}

interface AuditPages {
  /** In the order in which they were read. */
  readonly events: readonly AuditEvent[];
  /** Entries without an action or a time. */
  readonly unreadable: number;
  readonly complete: boolean;
}

const route = "GET /orgs/{org}/audit-log";

/**
 * Reads the results of a search, including Git events; one request per hundred.
 *
 * @throws {UserError} GitHub refuses, or its 1,750 queries an hour are used up
 * @see https://docs.github.com/en/enterprise-cloud@latest/rest/orgs/orgs#get-the-audit-log-for-an-organization
 */
export async function searchAuditLog(
  github: GitHubClient,
  org: string,
  { phrase, since, first = "oldest", mayContinue }: AuditQuery,
): Promise<AuditPages> {
  const events: AuditEvent[] = [];
  if (!mayContinue()) return { events, unreadable: 0, complete: false };
  const from = since.replace(/\.\d+Z$|Z$/, "+00:00");
  const parameters = {
    org,
    phrase: `${phrase} created:>=${from}`,
    include: "all",
    order: first === "oldest" ? "asc" : "desc",
    per_page: 100,
  };
  let [complete, unreadable] = [true, 0];
  try {
    for await (const { data } of github.paginate.iterator(route, parameters)) {
      const entries = parseAnswer(z.array(z.unknown()), data, route);
      const readable = entries.flatMap((entry) => toEvent(entry) ?? []);
      events.push(...readable);
      unreadable += entries.length - readable.length;
      complete = data.length < parameters.per_page || mayContinue();
      if (!complete) break;
    }
  } catch (error) {
    throw explainFailure(error, `search the audit log of ${org} for ${phrase}`);
  }
  return { events, unreadable, complete };
}

/**
 * Tries to read the audit log. GitHub answers 404 where there is none, which looks like a refusal, so the
 * organisation's plan is read, too.
 */
export async function tryAuditLog(github: GitHubClient, org: string): Promise<AuditLogAccess> {
  try {
    await github.request(route, { org, per_page: 1 });
    return { state: "open" };
  } catch (error) {
    if (!(error instanceof RequestError) || ![403, 404].includes(error.status)) {
      throw explainFailure(error, `read the audit log of ${org}`);
    }
    return whyNot(github, org, error);
  }
}

async function whyNot(
  github: GitHubClient,
  org: string,
  error: RequestError,
): Promise<AuditLogAccess> {
  const scopes = error.response?.headers["x-oauth-scopes"];
  const found = await readPlan(github, org);
  if (found === "no organisation") {
    const reason = `${org} is a user account, and only organisations have an audit log; a person can read the account's own: ${github.host.web}/settings/security-log`;
    return { state: "none", reason };
  }
  if (found !== undefined && !found.startsWith("enterprise")) {
    const reason = `${org} is on the plan "${found}"; only Enterprise Cloud and Enterprise Server have an API for the audit log`;
    return { state: "none", reason };
  }
  const lacksScope = typeof scopes === "string" && !/\b(read:)?audit_log\b/.test(scopes);
  const cure = lacksScope
    ? "give the admin token the scope read:audit_log"
    : `the admin token must be that of an owner of ${org}, or an App with the permission Administration (read) for the organisation`;
  return {
    state: "refused",
    reason: `GitHub answers ${error.status} for the audit log of ${org}: ${cure}`,
  };
}

const organisationSchema = z.object({ plan: z.object({ name: z.string() }).optional() });

/** Only owners can see the plan. */
async function readPlan(github: GitHubClient, org: string): Promise<string | undefined> {
  const found = await explaining(`read the plan of ${org}`, () =>
    unlessMissing(() => readAnswer(github, organisationSchema, "GET /orgs/{org}", { org })),
  );
  return found ? found.plan?.name : "no organisation";
}

/** An event of an organisation's audit log; fields that GitHub left out are absent. */
export type AuditEvent = Readonly<NonNullable<ReturnType<typeof toEvent>>>;

/** Nothing where the action or the time is missing. */
function toEvent(entry: unknown) {
  const event = entrySchema.safeParse(entry).data;
  const at = event?.["@timestamp"] ?? event?.created_at;
  if (event === undefined || at === undefined || at === null) return undefined;
  const repository = event.repo ?? event.repository;
  return {
    id: event._document_id ?? hashOf(entry),
    /** e.g. `repo.update_actions_secret` */
    action: event.action,
    /** ISO-8601 */
    at: new Date(at).toISOString(),
    actor: event.actor,
    /** Only where an owner has switched addresses on. */
    address: event.actor_ip,
    userAgent: event.user_agent,
    /** base64 SHA-256 of the token that was used; absent for a person in a browser. */
    hashedToken: event.hashed_token,
    /** `owner/name` */
    repository,
    /** For a rename: the former name of `repository`. */
    formerRepository: withOwner(event.old_name, repository),
    /** Name of a secret or variable. */
    key: event.key,
    environment: event.environment_name,
    /** Name of a package, without its owner. */
    package: event.package,
    /** For a workflow job: the names of the secrets that it got. */
    secretsPassed: event.secrets_passed,
    /** For a workflow job: its name, as its run shows it. */
    job: event.job_name,
    /** For a workflow job: `owner/name/.github/workflows/ci.yml@refs/heads/main`. */
    workflow: event.job_workflow_ref,
    /** For a job of a reusable workflow: the workflows that called it, the outermost last. */
    callers: event.calling_workflow_refs,
  };
}

/** An id for an entry without one; the same every time it is read. */
function hashOf(entry: unknown): string {
  return createHash("sha256").update(JSON.stringify(entry)).digest("hex");
}

/** The log contains the former name of a repository without its owner. */
function withOwner(name: string | undefined, sibling = ""): string | undefined {
  return name === undefined || name.includes("/") ? name : `${sibling.split("/")[0] ?? ""}/${name}`;
}
