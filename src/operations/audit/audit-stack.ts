import type { AuditConfig } from "../../fleet/audit-config.ts";
import { readActionsAddresses } from "../../github/actions/actions-addresses.ts";
import {
  tryAuditLog,
  type AuditEvent,
  type AuditLogAccess,
} from "../../github/audit-log/audit-log.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import type { StackRecord } from "../../stack/stack-record.ts";
import { UsageError, UserError } from "../../user-error.ts";
import type { AuditMemory } from "./audit-memory.ts";
import type { AuditReport } from "./audit-report.ts";
import { collectFindings } from "./collect-findings.ts";
import { buildExpectations, type KnownToken } from "./expectations.ts";
import { judgesOfChanges } from "./judge-changes.ts";
import { judgesOfTokenUse } from "./judge-token-use.ts";
import { readEvents } from "./read-events.ts";
import { readTraces } from "./read-traces.ts";
import { sightingOf, type Sighting } from "./sighting.ts";

export interface AuditSource {
  readonly stack: string;
  readonly owner: string;
  readonly config: AuditConfig;
  /** Name of the fleet's secret. */
  readonly secret: string;
  readonly record: StackRecord;
  /** Authenticated as the administrator. */
  readonly github: GitHubClient;
  /** base64 SHA-256 of the admin token. */
  readonly managingToken: string;
  readonly memory: AuditMemory | undefined;
  /** ISO-8601; where to begin, instead of where the last audit ended. */
  readonly since: string | undefined;
  /** ISO-8601, by GitHub's clock. */
  readonly now: string;
  /** The most requests of the audit log to spend. */
  readonly requests: number;
}

const day = 86_400_000;
/** Events may be there some minutes after they happened. */
const overlap = 15 * 60_000;

/**
 * Looks for what should not have happened since the last audit. Where there is no audit log, it
 * takes what there is, and says what it cannot see.
 *
 * @throws {UserError} the stack has not been updated yet, or GitHub cannot be asked
 */
export async function auditStack(
  source: AuditSource,
): Promise<{ report: AuditReport; memory: AuditMemory }> {
  const { stack, owner, record, github, memory, now } = source;
  const tokens = knownTokens(record, memory, now);
  if (source.since !== undefined && source.since > now) {
    throw new UsageError(
      `--since ${source.since} has not come yet: by GitHub's clock it is ${now}`,
    );
  }
  const since = source.since ?? startOf(memory, now);
  const log = await tryAuditLog(github, owner);
  const looked =
    log.state === "open"
      ? await askLog(source, tokens, since)
      : await lookForTraces(source, log, since);
  const seen = { ...memory?.seen };
  const fresh = looked.sightings.filter((each) => !(each.source in seen));
  for (const { source: name, at } of fresh) seen[name] = at;
  const open = memory?.findings ?? [];
  const findings = collectFindings(open, fresh);
  const report = {
    stack,
    owner,
    log,
    since,
    until: looked.until,
    events: looked.events,
    findings,
    fresh: findings.filter(({ id }) => !open.some((known) => known.id === id)).map(({ id }) => id),
    unseen: [...whatWasSkipped(source, since), ...looked.unseen],
    complete: looked.complete,
  };
  return {
    report,
    memory: {
      version: 1,
      stack,
      until: looked.goOnFrom,
      tokens,
      managingTokens: managingTokens(source),
      findings,
      seen: recentOf(seen, now),
    },
  };
}

interface Looked {
  readonly sightings: readonly Sighting[];
  readonly until: string;
  /** Where the next audit begins. */
  readonly goOnFrom: string;
  readonly events: number;
  readonly unseen: readonly string[];
  readonly complete: boolean;
}

async function askLog(source: AuditSource, tokens: KnownToken[], since: string): Promise<Looked> {
  const { github, owner, now, requests, config } = source;
  const unseen: string[] = [];
  const hashes = tokens.map(({ hash }) => hash);
  const found = await readEvents(github, { owner, tokens: hashes, since, now, requests });
  const networks = await expectedNetworks(github, config, unseen);
  const expected = buildExpectations({
    ...source,
    tokens,
    networks,
    managingTokens: managingTokens(source),
  });
  if (networks && hidesAddresses(found.events, hashes)) {
    unseen.push(
      `from where the PAT is used: the log shows no addresses. Switch them on at https://github.com/organizations/${owner}/settings/audit-log?tab=settings ("Disclose actor IP addresses in audit logs")`,
    );
  }
  unseen.push(...whatIsGone(since, now));
  if (found.illegible > 0) {
    unseen.push(
      `what ${found.illegible} entries of the audit log are about: they do not say what happened, or when`,
    );
  }
  if (found.until < now) {
    unseen.push(
      `what happened after ${found.until}: the ${requests} requests of this run are spent; run again to go on from there`,
    );
  }
  const judges = [...judgesOfTokenUse, ...judgesOfChanges];
  const sightings = found.events.flatMap((event) =>
    judges.flatMap((judge) => {
      const verdict = judge(event, expected);
      return verdict ? [sightingOf(event, verdict)] : [];
    }),
  );
  const { until } = found;
  return {
    sightings,
    until,
    goOnFrom: until,
    events: found.events.length,
    unseen,
    complete: true,
  };
}

async function lookForTraces(
  { github, record, now }: AuditSource,
  log: Exclude<AuditLogAccess, { state: "open" }>,
  since: string,
): Promise<Looked> {
  const { sightings, failures, refusals } = await readTraces(github, record, since);
  return {
    sightings,
    until: now,
    // What could not be read may be readable the next time; images of a week are few.
    goOnFrom: failures.length === 0 ? now : later(since, weekBefore(now)),
    complete: failures.length === 0,
    events: 0,
    unseen: [
      `who used the PAT, from where and for what; who changed a secret or a setting (${log.reason})${webhookHint(log)}`,
      ...refusals,
      ...failures,
    ],
  };
}

function webhookHint({ state }: AuditLogAccess): string {
  return state === "none" ? "; from now on a webhook can keep more of it: docs/leaked-pat.md" : "";
}

function hidesAddresses(events: readonly AuditEvent[], hashes: readonly string[]): boolean {
  const uses = events.filter(({ hashedToken }) => hashes.includes(hashedToken ?? ""));
  return uses.length > 0 && uses.every(({ address }) => address === undefined);
}

async function expectedNetworks(
  github: GitHubClient,
  { addresses }: AuditConfig,
  unseen: string[],
): Promise<string[] | undefined> {
  if (addresses.length === 0) return undefined;
  const own = addresses.filter((address) => address !== "github-actions");
  if (own.length === addresses.length) return own;
  const runners = await readActionsAddresses(github);
  if (runners.length > 0) return [...own, ...runners];
  unseen.push(
    "whether an address is that of GitHub's runners: this server does not tell; name your runners' networks in fleet.audit.addresses",
  );
  return own.length > 0 ? own : undefined;
}

function managingTokens({ memory, managingToken }: AuditSource): string[] {
  return [...new Set([...(memory?.managingTokens ?? []), managingToken])];
}

/** The stack's token, and those that an earlier audit found in its place. */
function knownTokens(
  { token }: StackRecord,
  memory: AuditMemory | undefined,
  now: string,
): KnownToken[] {
  if (!token) {
    throw new UserError(
      "the stack holds no PAT yet, so there is nothing to audit: pulumi up first",
    );
  }
  const earlier = (memory?.tokens ?? [])
    .filter(({ hash }) => hash !== token.hash)
    .map((known) => ({ ...known, replacedAt: known.replacedAt ?? token.since ?? now }));
  return [...earlier, { hash: token.hash, owner: token.owner }];
}

/** Where the last audit ended; a week back for the first one, and where that lies ahead. */
function startOf(memory: AuditMemory | undefined, now: string): string {
  if (memory === undefined || isAhead(memory, now)) return weekBefore(now);
  return new Date(Date.parse(memory.until) - overlap).toISOString();
}

/** Of a clock that went wrong, or a file that somebody edited; clocks differ by minutes. */
function isAhead({ until }: AuditMemory, now: string): boolean {
  return Date.parse(until) > Date.parse(now) + overlap;
}

function later(a: string, b: string): string {
  return Date.parse(a) > Date.parse(b) ? a : b;
}

function weekBefore(now: string): string {
  return new Date(Date.parse(now) - 7 * day).toISOString();
}

/** What no audit looks at any more. */
function whatWasSkipped({ memory, now }: AuditSource, since: string): string[] {
  if (memory === undefined) return [];
  if (isAhead(memory, now)) {
    return [
      `what happened before ${since}: the last audit says that it looked up to ${memory.until}, which has not come yet; look further back with --since`,
    ];
  }
  return since > memory.until
    ? [`what happened from ${memory.until} to ${since}: --since leaves it out for good`]
    : [];
}

/** How long GitHub keeps events, in days. */
const kept = { git: 7, others: 180 };

/** What happened, and is in the log no more. An hour is nothing to speak of. */
function whatIsGone(since: string, now: string): string[] {
  const gone = (days: number) => Date.parse(since) < Date.parse(now) - days * day - 3_600_000;
  if (gone(kept.others))
    return [`what happened more than ${kept.others} days ago: it is kept no longer`];
  return gone(kept.git)
    ? [`what was done with Git more than ${kept.git} days ago: such events are kept no longer`]
    : [];
}

function recentOf(seen: Readonly<Record<string, string>>, now: string): Record<string, string> {
  const oldest = new Date(Date.parse(now) - kept.others * day).toISOString();
  return Object.fromEntries(Object.entries(seen).filter(([, at]) => at >= oldest));
}
