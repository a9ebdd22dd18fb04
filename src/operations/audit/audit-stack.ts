import { auditLogPage } from "../../account.ts";
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
  /** base64 SHA-256 of the admin token; absent where an App manages the stack. */
  readonly managingToken: string | undefined;
  readonly memory: AuditMemory | undefined;
  /** ISO-8601; where to start, instead of where the last audit ended. */
  readonly since: string | undefined;
  /** ISO-8601, by GitHub's clock. */
  readonly now: string;
  /** The maximum number of requests to the audit log. */
  readonly requests: number;
}

const day = 86_400_000;
/** Events may appear some minutes after they happened. */
const overlap = 15 * 60_000;

/**
 * Finds unexpected events since the last audit. Where there is no audit log, it uses other traces, and
 * reports what cannot be known.
 *
 * @throws {UserError} the stack has not been updated yet, or GitHub cannot be read
 */
export async function auditStack(
  source: AuditSource,
): Promise<{ report: AuditReport; memory: AuditMemory }> {
  const { stack, owner, record, github, memory, now } = source;
  const tokens = knownTokens(record, memory, now);
  if (source.since !== undefined && source.since > now) {
    throw new UsageError(
      `--since ${source.since} is in the future: by GitHub's clock it is ${now}`,
    );
  }
  const since = source.since ?? startOf(memory, now);
  const log = await tryAuditLog(github, owner);
  const result =
    log.state === "open"
      ? await readLog(source, tokens, since)
      : await readOtherTraces(source, log, since);
  const seen = { ...memory?.seen };
  const fresh = result.sightings.filter((each) => !(each.source in seen));
  for (const { source: name, at } of fresh) seen[name] = at;
  const open = memory?.findings ?? [];
  const findings = collectFindings(open, fresh);
  const report = {
    stack,
    owner,
    log,
    since,
    until: result.until,
    events: result.events,
    findings,
    fresh: findings.filter(({ id }) => !open.some((known) => known.id === id)).map(({ id }) => id),
    unseen: [...whatWasSkipped(source, since), ...result.unseen],
    complete: result.complete,
  };
  return {
    report,
    memory: {
      version: 1,
      stack,
      until: result.continueFrom,
      tokens,
      managingTokens: managingTokens(source),
      findings,
      seen: recentOf(seen, now),
    },
  };
}

interface AuditResult {
  readonly sightings: readonly Sighting[];
  readonly until: string;
  /** Where the next audit starts. */
  readonly continueFrom: string;
  readonly events: number;
  readonly unseen: readonly string[];
  readonly complete: boolean;
}

async function readLog(
  source: AuditSource,
  tokens: KnownToken[],
  since: string,
): Promise<AuditResult> {
  const { github, owner, now, requests, config } = source;
  const unseen: string[] = [];
  const hashes = tokens.map(({ hash }) => hash);
  const found = await readEvents(github, { owner, tokens: hashes, since, now, requests });
  const networks = await expectedNetworks(github, config, unseen);
  const expected = buildExpectations({
    ...source,
    host: github.host,
    tokens,
    networks,
    managingTokens: managingTokens(source),
  });
  if (networks && hidesAddresses(found.events, hashes)) {
    unseen.push(
      `the addresses from which the PAT is used: the log does not show them. Switch them on at ${auditLogPage({ host: github.host, owner })} ("Disclose actor IP addresses in audit logs")`,
    );
  }
  const isServer = github.host.kind === "enterprise-server";
  if (isServer && !found.events.some(({ hashedToken }) => hashedToken !== undefined)) {
    unseen.push(
      "what single tokens were used for: no entry of this Enterprise Server's log names a token (hashed_token)",
    );
  }
  unseen.push(...whatIsGone(since, now));
  if (found.unreadable > 0) {
    unseen.push(
      `the meaning of ${found.unreadable} entries of the audit log: they lack the action or the time`,
    );
  }
  if (found.until < now) {
    unseen.push(
      `events after ${found.until}: the ${requests} requests of this run are used up; run again to continue from there`,
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
    continueFrom: until,
    events: found.events.length,
    unseen,
    complete: true,
  };
}

async function readOtherTraces(
  { stack, github, owner, record, now }: AuditSource,
  log: Exclude<AuditLogAccess, { state: "open" }>,
  since: string,
): Promise<AuditResult> {
  const { sightings, failures, refusals } = await readTraces(github, owner, stack, record, since);
  return {
    sightings,
    until: now,
    // What could not be read is tried again the next time, for at least a week.
    continueFrom: failures.length === 0 ? now : later(since, weekBefore(now)),
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
  return state === "none" ? "; a webhook can record more from now on: docs/leaked-pat.md" : "";
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
    "whether an address belongs to GitHub's runners: this server does not list them; name your runners' networks in fleet.audit.addresses",
  );
  return own.length > 0 ? own : undefined;
}

function managingTokens({ memory, managingToken }: AuditSource): string[] {
  return [
    ...new Set([...(memory?.managingTokens ?? []), ...(managingToken ? [managingToken] : [])]),
  ];
}

/** The stack's current token, and the earlier ones from the memory. */
function knownTokens(
  { token }: StackRecord,
  memory: AuditMemory | undefined,
  now: string,
): KnownToken[] {
  if (!token) {
    throw new UserError(
      "the stack has no PAT yet, so there is nothing to audit: run pulumi up first",
    );
  }
  const earlier = (memory?.tokens ?? [])
    .filter(({ hash }) => hash !== token.hash)
    .map((known) => ({ ...known, replacedAt: known.replacedAt ?? token.since ?? now }));
  return [...earlier, { hash: token.hash, owner: token.owner }];
}

/** Where the last audit ended; a week ago for the first one, or if that moment is in the future. */
function startOf(memory: AuditMemory | undefined, now: string): string {
  if (memory === undefined || isAhead(memory, now)) return weekBefore(now);
  return new Date(Date.parse(memory.until) - overlap).toISOString();
}

/** After a wrong clock, or an edit of the file; clocks may differ by minutes. */
function isAhead({ until }: AuditMemory, now: string): boolean {
  return Date.parse(until) > Date.parse(now) + overlap;
}

function later(a: string, b: string): string {
  return Date.parse(a) > Date.parse(b) ? a : b;
}

function weekBefore(now: string): string {
  return new Date(Date.parse(now) - 7 * day).toISOString();
}

/** Periods that no audit covers. */
function whatWasSkipped({ memory, now }: AuditSource, since: string): string[] {
  if (memory === undefined) return [];
  if (isAhead(memory, now)) {
    return [
      `events before ${since}: the last audit claims to have read up to ${memory.until}, which is in the future; start earlier with --since`,
    ];
  }
  return since > memory.until
    ? [`events from ${memory.until} to ${since}: --since skips them permanently`]
    : [];
}

/** How long GitHub keeps events, in days. */
const kept = { git: 7, others: 180 };

/** Periods that the log no longer covers; gaps of up to an hour are ignored. */
function whatIsGone(since: string, now: string): string[] {
  const gone = (days: number) => Date.parse(since) < Date.parse(now) - days * day - 3_600_000;
  if (gone(kept.others))
    return [`events of more than ${kept.others} days ago: GitHub no longer has them`];
  return gone(kept.git)
    ? [`Git events of more than ${kept.git} days ago: GitHub no longer has them`]
    : [];
}

function recentOf(seen: Readonly<Record<string, string>>, now: string): Record<string, string> {
  const oldest = new Date(Date.parse(now) - kept.others * day).toISOString();
  return Object.fromEntries(Object.entries(seen).filter(([, at]) => at >= oldest));
}
