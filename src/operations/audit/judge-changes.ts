import { packagesPage } from "../../account.ts";
import type { AuditEvent } from "../../github/audit-log/audit-log.ts";
import type { Expectations } from "./expectations.ts";
import { describeActor, type Judge } from "./sighting.ts";

const repair = "If none of your people did it, treat the PAT as leaked: docs/leaked-pat.md";

/** Judge changes of the fleet's secret, variable, settings, packages and repositories. */
export const judgesOfChanges: readonly Judge[] = [
  (event, expected) => {
    if (!isChangeOf(event, "secret", expected.secret, expected)) return undefined;
    return {
      rule: "secret-changed",
      level: "error",
      text: `${expected.secret} of ${placeOf(event)} was ${verbOf(event)} by ${describeActor(event)}, not by the stack`,
      fix: `\`ghcr-fleet drift ${expected.stack} --fix\` writes it again. ${repair}`,
    };
  },
  (event, expected) => {
    if (!isChangeOf(event, "variable", expected.variable, expected)) return undefined;
    return {
      rule: "variable-changed",
      level: "warning",
      text: `the variable ${expected.variable} of ${placeOf(event)} was ${verbOf(event)} by ${describeActor(event)}, not by the stack`,
      fix: `\`ghcr-fleet drift ${expected.stack} --fix\` writes it again`,
    };
  },
  judgeJob,
  judgePublication,
  judgeDeletion,
  (event, expected) => {
    if (!permissionActions.has(event.action.replace(/^\w+\./, ""))) return undefined;
    if (isByStack(event, expected) || !affectsFleet(event, expected)) return undefined;
    return {
      rule: "permissions-changed",
      level: "warning",
      text: `${event.action} of ${placeOf(event)} by ${describeActor(event)}, not by the stack`,
      fix: `\`ghcr-fleet drift ${expected.stack}\` shows the current value, and with --fix it restores the earlier one`,
    };
  },
  (event, expected) => {
    const what = repositoryActions[event.action];
    if (what === undefined || isByStack(event, expected)) return undefined;
    if (event.repository === undefined || !affectsFleet(event, expected)) return undefined;
    return {
      rule: "repository-changed",
      level: "warning",
      text: `${event.formerRepository ?? event.repository} ${what}${newName(event)} by ${describeActor(event)}`,
      fix: "Check whether it may still publish, and remove it from the fleet if not",
    };
  },
];

const permissionActions: ReadonlySet<string> = new Set([
  "set_default_workflow_permissions",
  "set_workflow_permission_can_approve_pr",
  "update_actions_settings",
  "update_actions_access_settings",
]);

const repositoryActions: Readonly<Record<string, string>> = {
  "repo.access": "was given another visibility",
  "repo.transfer": "was transferred",
  "repo.transfer_outgoing": "was transferred",
  "repo.rename": "was renamed",
  "repo.archived": "was archived",
  "repo.destroy": "was deleted",
};

/** A job that gets the secret has to belong to a repository and a workflow of the fleet. */
function judgeJob(event: AuditEvent, expected: Expectations): ReturnType<Judge> {
  const { action, repository, secretsPassed, callers, job } = event;
  if (action !== "workflows.prepared_workflow_job" || repository === undefined) return undefined;
  if (!secretsPassed.some((name) => name.toUpperCase() === expected.secret.toUpperCase())) {
    return undefined;
  }
  const started = callers.at(-1) ?? event.workflow ?? "";
  const path = /\.github\/workflows\/[^@]+/.exec(started)?.[0];
  const isOfFleet = expected.repositories.has(repository.toLowerCase());
  const isKnown = path === undefined || expected.workflows.has(path);
  if (expected.guests.has(repository.toLowerCase()) || (isOfFleet && isKnown)) return undefined;
  const receiver = [job && `job "${job}" of`, path ?? "a workflow"].filter(Boolean).join(" ");
  return {
    rule: "secret-passed",
    level: "error",
    text: `${expected.secret} was given to ${receiver} of ${repository}, which ${isOfFleet ? "the fleet does not manage" : "is outside the fleet"}; started by ${event.actor ?? "somebody"}`,
    fix: `Check what it did with the secret. If it may use it, add it to fleet.audit.${isOfFleet ? "workflows" : "repositories"}; if not, rotate: docs/leaked-pat.md`,
  };
}

/** Workflows publish with the PAT, or with their own token, whose actor is an App. */
function judgePublication(event: AuditEvent, expected: Expectations): ReturnType<Judge> {
  if (event.action !== "packages.package_version_published") return undefined;
  if (!expected.images.has(event.package?.toLowerCase() ?? "")) return undefined;
  const { actor, hashedToken } = event;
  const isToken = expected.tokens.some(({ hash }) => hash === hashedToken);
  const isWorkflow = actor === "github-actions[bot]";
  if (isToken || isWorkflow || expected.publishers.has(actor?.toLowerCase() ?? ""))
    return undefined;
  return {
    rule: "package-published",
    level: "error",
    text: `a version of ${event.package} was published by ${describeActor(event)}`,
    fix: "Check what was published, and delete it if it is not yours. If this account may publish, add it to fleet.audit.publishers",
  };
}

function judgeDeletion(event: AuditEvent, expected: Expectations): ReturnType<Judge> {
  const isWhole = event.action === "packages.package_deleted";
  if (!isWhole && event.action !== "packages.package_version_deleted") return undefined;
  if (!expected.images.has(event.package?.toLowerCase() ?? "")) return undefined;
  if (event.actor === "github-actions[bot]") return undefined;
  return {
    rule: "package-deleted",
    level: isWhole ? "error" : "warning",
    text: `${isWhole ? "the package" : "a version of"} ${event.package} was deleted by ${describeActor(event)}`,
    fix: `It can be restored within 30 days: ${packagesPage({ ...expected, ownerKind: "Organization" })}`,
  };
}

function isChangeOf(
  event: AuditEvent,
  kind: "secret" | "variable",
  name: string,
  expected: Expectations,
): boolean {
  return (
    new RegExp(`^(org|repo|environment)\\.(create|update|remove)_actions_${kind}$`).test(
      event.action,
    ) &&
    event.key?.toUpperCase() === name.toUpperCase() &&
    affectsFleet(event, expected) &&
    !isByStack(event, expected)
  );
}

/** Settings of the organisation affect every fleet of it. */
function affectsFleet(
  { repository, formerRepository }: AuditEvent,
  { repositories }: Expectations,
): boolean {
  if (repository === undefined) return true;
  return [repository, formerRepository].some((name) => repositories.has(name?.toLowerCase() ?? ""));
}

function newName({ repository, formerRepository }: AuditEvent): string {
  return formerRepository === undefined ? "" : ` to ${repository ?? "another name"}`;
}

/**
 * With a token that manages the stack, by an account that may change it, or at the second of the stack's
 * own last write.
 */
function isByStack(event: AuditEvent, expected: Expectations): boolean {
  const { hashedToken, actor, action, at } = event;
  if (hashedToken !== undefined && expected.managingTokens.has(hashedToken)) return true;
  if (expected.managers.has(actor?.toLowerCase() ?? "")) return true;
  const second = `${at.slice(0, 19)}Z`;
  return (
    hashedToken !== undefined && /_actions_secret$/.test(action) && expected.writtenAt.has(second)
  );
}

function placeOf({ repository, environment }: AuditEvent): string {
  if (repository === undefined) return "the organisation";
  return environment === undefined ? repository : `the environment ${environment} of ${repository}`;
}

function verbOf({ action }: AuditEvent): string {
  if (action.includes(".create_")) return "created";
  return action.includes(".remove_") ? "deleted" : "overwritten";
}
