import { searchAuditLog, type AuditEvent } from "../../github/audit-log/audit-log.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import { createReadPace } from "../../github/client/pace/read-pace.ts";
import { UserError } from "../../user-error.ts";

/**
 * One search per action, because GitHub does not document several values of one qualifier.
 * @see https://docs.github.com/en/enterprise-cloud@latest/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization
 */
const actions = [
  ...["org", "repo", "environment"].flatMap((place) =>
    ["create", "update", "remove"].map((verb) => `${place}.${verb}_actions_secret`),
  ),
  ...["org", "repo"].flatMap((place) => [
    ...["create", "update", "remove"].map((verb) => `${place}.${verb}_actions_variable`),
    `${place}.set_default_workflow_permissions`,
    `${place}.set_workflow_permission_can_approve_pr`,
    `${place}.update_actions_settings`,
  ]),
  "repo.update_actions_access_settings",
  "repo.access",
  "repo.transfer",
  "repo.transfer_outgoing",
  "repo.rename",
  "repo.archived",
  "repo.destroy",
  "packages",
  "workflows.prepared_workflow_job",
];

export interface EventsQuery {
  readonly owner: string;
  /** Hashes of the tokens whose uses are searched. */
  readonly tokens: readonly string[];
  /** ISO-8601 */
  readonly since: string;
  /** The current time. */
  readonly now: string;
  /** The maximum number of requests; GitHub allows 1,750 an hour. */
  readonly requests: number;
}

export interface Events {
  /** Oldest first, without repetitions. */
  readonly events: readonly AuditEvent[];
  /** Entries without an action or a time; an entry that two searches find counts twice. */
  readonly unreadable: number;
  /** Everything up to this moment was read; before `now` where the requests were not enough. */
  readonly until: string;
}

/** @throws {UserError} GitHub refuses a search, or there are fewer requests than searches */
export async function readEvents(
  github: GitHubClient,
  { owner, tokens, since, now, requests }: EventsQuery,
): Promise<Events> {
  const pace = createReadPace();
  const phrases = [
    ...tokens.map((hash) => `hashed_token:"${hash}"`),
    ...actions.map((action) => `action:${action}`),
  ];
  if (requests < phrases.length) {
    throw new UserError(
      `${requests} requests are not enough for the ${phrases.length} searches of an audit: allow more with --requests`,
    );
  }
  // Every search gets its first page: a very long one must not use up all requests.
  let left = requests - phrases.length;
  const found = await Promise.all(
    phrases.map((phrase) => {
      let page = 0;
      const mayContinue = () => (page += 1) === 1 || (left -= 1) >= 0;
      return pace(() => searchAuditLog(github, owner, { phrase, since, mayContinue }));
    }),
  );
  const cutOff = found
    .filter(({ complete }) => !complete)
    .map(({ events }) => events.at(-1)?.at ?? since);
  const each = new Map(found.flatMap(({ events }) => events).map((event) => [event.id, event]));
  return {
    events: [...each.values()].sort((a, b) => a.at.localeCompare(b.at)),
    unreadable: found.reduce((sum, each) => sum + each.unreadable, 0),
    until: cutOff.sort()[0] ?? now,
  };
}
