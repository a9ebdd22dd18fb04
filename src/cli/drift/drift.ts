import { colors } from "../terminal/colors.ts";
import { driftKey, type DriftFinding } from "../../operations/drift/drift-finding.ts";
import type { DriftReport } from "../../operations/drift/drift-report.ts";
import { readDrift, type Drift } from "../../operations/drift/read-drift.ts";
import { readPending } from "../../operations/drift/read-pending.ts";
import { repairDrift } from "../../operations/drift/repair-drift.ts";
import { createGitHubClient, type GitHubClient } from "../../github/client/github-client.ts";
import { hashToken } from "../../github/tokens/inspect-token.ts";
import { readServerTime } from "../../github/client/server-time.ts";
import { driftIssue } from "../../report/drift/drift-issue.ts";
import { driftText } from "../../report/drift/drift-text.ts";
import { printStacks } from "../terminal/write-output.ts";
import { findStackFleet } from "../../stack/find-fleet.ts";
import type { OpenStack } from "../../stack/open-stack.ts";
import { readStackRecord } from "../../stack/export-state.ts";
import { UsageError, UserError } from "../../user-error.ts";
import {
  issueRepository,
  upsertStackIssue,
  type IssueOption,
} from "../stacks/upsert-stack-issue.ts";
import { printNote } from "../terminal/print-note.ts";
import { withProgress } from "../terminal/with-progress.ts";
import { commandPlace, openCommandStacks } from "../stacks/open-command-stacks.ts";
import { policyPacks } from "../stacks/policy-packs.ts";
import type { DriftDocument } from "../terminal/json-documents.ts";

export interface DriftCommand {
  readonly json?: boolean;
  readonly issue?: IssueOption;
  readonly fix?: boolean;
  readonly deleteShadows?: boolean;
  readonly policyPackConfig?: string;
}

const found = 3;

/**
 * `ghcr-fleet drift`: what differs from what the stacks wrote. The process ends with 3 where drift
 * is left, and with 1 where something could not be read or repaired.
 */
export async function drift(names: readonly string[], options: DriftCommand): Promise<void> {
  if (options.deleteShadows && !options.fix) {
    throw new UsageError("--delete-shadows deletes only together with --fix");
  }
  const issueIn = issueRepository(options.issue);
  const stacks = await openCommandStacks(await commandPlace(process.cwd()), names);
  const reports: DriftReport[] = [];
  for (const stack of stacks) {
    try {
      const github = createGitHubClient({ ...stack.connection, onWait: printNote });
      const report = await withProgress(`${stack.name}: comparing GitHub with the state`, () =>
        driftOf(stack, github, options),
      );
      // Before the issue: a refused issue must not lose the report.
      reports.push(report);
      if (issueIn !== undefined) await updateIssue(github, issueIn, report);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      printNote(`${stack.name}: ${error.message}`);
      process.exitCode = 1;
    }
  }
  const printed = reports satisfies DriftDocument["stacks"];
  printStacks(options.json, printed, (report) => driftText(report, colors));
  process.exitCode = Math.max(...reports.map(exitCodeOf), 0) || process.exitCode;
}

/** A failed repair counts as 1, although drift is left; one that a policy refused, or that waits for a merge, as 3. */
function exitCodeOf({ findings, offered, failures, unread }: DriftReport): number {
  if (failures.length > 0) return 1;
  if (findings.length + offered.length > 0) return found;
  return unread.length > 0 ? 1 : 0;
}

async function driftOf(
  stack: OpenStack,
  github: GitHubClient,
  options: DriftCommand,
): Promise<DriftReport> {
  const { read } = await readStackDrift(stack, github);
  const about = { stack: stack.name, owner: stack.connection.owner };
  return options.fix && read.findings.length > 0
    ? { ...about, ...(await fix(stack, github, read.findings, options)) }
    : { ...about, ...read, repaired: [], offered: [], refusals: [], failures: [] };
}

async function updateIssue(
  github: GitHubClient,
  issueIn: string,
  report: DriftReport,
): Promise<void> {
  const { stack, findings, unread } = report;
  if (findings.length === 0 && unread.length > 0) {
    printNote(`${stack}: the issue is not changed, because not everything could be read`);
    return;
  }
  const closing = "There is no drift left.";
  await upsertStackIssue(github, issueIn, { name: "drift", stack }, driftIssue(report), closing);
}

type DriftRead = Pick<DriftReport, "findings" | "pending" | "waiting" | "unread" | "readAt">;

async function readStackDrift(
  stack: OpenStack,
  github: GitHubClient,
): Promise<Pick<Drift, "offers"> & { readonly read: DriftRead }> {
  const { name, engine, registry, settings } = stack;
  const { owner, token } = stack.connection;
  const record = await readStackRecord(engine);
  const readAt = await readServerTime(github);
  const expected = {
    registry,
    secret: settings.secret.name,
    workflows: settings.audit.workflows,
  };
  if (record.token === undefined && record.files.length === 0) {
    throw new UserError(`${name} has not been applied yet, so nothing can drift: run pulumi up`);
  }
  const common = {
    owner,
    expected,
    record,
    github,
    readsVariables: true,
    ownToken: typeof token === "string" ? hashToken(token) : undefined,
    now: readAt,
  };
  try {
    const fleet = await findStackFleet(github, stack);
    const { findings, waiting, unread, offers } = await readDrift({ ...common, fleet });
    const drifted = new Set(
      findings.flatMap(({ kind, repository }) =>
        repository !== null && kind.startsWith("file-") ? repository : [],
      ),
    );
    const pending = readPending(fleet, record, drifted);
    return { read: { findings, pending, waiting, unread, readAt }, offers };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { findings, waiting, offers, ...drift } = await readDrift({
      ...common,
      fleet: undefined,
    });
    const unread = [...drift.unread, error.message];
    return { read: { findings, pending: [], waiting, unread, readAt }, offers };
  }
}

/** Repairs, then reads again: only what GitHub shows as repaired counts. */
async function fix(
  stack: OpenStack,
  github: GitHubClient,
  findings: readonly DriftFinding[],
  { deleteShadows = false, policyPackConfig }: DriftCommand,
): Promise<Omit<DriftReport, "stack" | "owner">> {
  const { violations, failures } = await repairDrift(stack, findings, {
    ...(await policyPacks(policyPackConfig)),
    github,
    deleteShadows,
  });
  const { read, offers } = await readStackDrift(stack, github);
  const left = new Set(read.findings.map(driftKey));
  const gone = findings.filter((finding) => !left.has(driftKey(finding)));
  const offerOf = ({ repair }: DriftFinding) =>
    repair.by === "update" ? offers.get(repair.urn) : undefined;
  return {
    ...read,
    repaired: gone.filter((finding) => offerOf(finding) === undefined),
    offered: gone.flatMap((finding) => {
      const pullRequestUrl = offerOf(finding);
      return pullRequestUrl === undefined ? [] : [{ ...finding, pullRequestUrl }];
    }),
    refusals: violations,
    failures,
  };
}
