import { searchAuditLog, tryAuditLog, type AuditEvent } from "../../github/audit-log/audit-log.ts";
import type { DriftFinding } from "./drift-finding.ts";
import type { DriftReader } from "./drift-reader.ts";
import { settings } from "./settings-drift.ts";

/** How far back a change is searched; GitHub keeps events for 180 days. */
const lookBack = 180 * 86_400_000;
/** The maximum number of requests to the audit log; GitHub allows 1,750 an hour. */
const requests = 100;

/** How much a date of GitHub and the date of its event may differ. */
const sameMoment = 2 * 60_000;

/**
 * Adds who made the changes and when, where the organisation has an audit log. File drift already has its
 * commit; changes of a package's link or visibility have no event. Events appear with a delay, so no one
 * is named where the newest event is an earlier change of the same subject.
 *
 * @param ownToken base64 SHA-256 of the token that reads; absent for an App
 */
export async function findActors(
  { github, owner }: Pick<DriftReader, "github" | "owner">,
  findings: readonly DriftFinding[],
  { now, ownToken }: { readonly now: string; readonly ownToken: string | undefined },
): Promise<DriftFinding[]> {
  const wanted = new Set(findings.flatMap((finding) => actionsOf(finding)));
  if (wanted.size === 0) return [...findings];
  const access = await tryAuditLog(github, owner);
  if (access.state !== "open") return [...findings];
  const since = new Date(Date.parse(now) - lookBack).toISOString();
  let left = requests;
  const events: AuditEvent[] = [];
  for (const action of wanted) {
    const mayContinue = () => (left -= 1) >= 0;
    const query = { phrase: `action:${action}`, since, first: "newest", mayContinue } as const;
    events.push(...(await searchAuditLog(github, owner, query)).events);
  }
  return findings.map((finding) => {
    const last = events
      .filter((event) => isAbout(event, finding, owner))
      .sort((a, b) => a.at.localeCompare(b.at))
      .at(-1);
    // The newest event is the stack's own: the event of the drift has not appeared yet.
    if (!last || (ownToken !== undefined && last.hashedToken === ownToken)) return finding;
    return { ...finding, actor: last.actor ?? null, at: last.at };
  });
}

/** The actions of the events that such a change creates. */
function actionsOf({ kind, repository, subject, repair }: DriftFinding): string[] {
  const place = repository === null ? "org" : "repo";
  switch (kind) {
    case "secret-overwritten":
      return [`${place}.update_actions_secret`, `${place}.create_actions_secret`];
    case "secret-deleted":
      return [`${place}.remove_actions_secret`];
    case "secret-shadowed": {
      const own = repair.by === "deletion" && repair.environment ? "environment" : "repo";
      return [`${own}.create_actions_secret`, `${own}.update_actions_secret`];
    }
    case "secret-widened":
    case "secret-narrowed":
      return ["org.update_actions_secret"];
    case "variable-changed":
    case "variable-shadowed":
      return ["update", "create", "remove"].map((verb) => `${place}.${verb}_actions_variable`);
    case "permissions-widened":
    case "permissions-narrowed":
      return settingActions[subject] ?? [];
    case "package-deleted":
      return ["packages.package_deleted"];
    case "repository-gone":
      return ["repo.rename", "repo.archived", "repo.destroy", "repo.transfer_outgoing"];
    case "package-unlinked":
    case "package-visibility":
    case "file-edited":
    case "file-deleted":
    case "file-added":
    case "second-publisher":
    case "login-changed":
    case "tag-moved":
      return [];
  }
}

/** The actions by setting, so that the actor of another setting's change is not named. */
const settingActions: Readonly<Record<string, string[]>> = {
  [settings.token]: ["repo.set_default_workflow_permissions"],
  [settings.approval]: ["repo.set_workflow_permission_can_approve_pr"],
  [settings.enabled]: ["repo.update_actions_settings"],
  [settings.allowed]: ["repo.update_actions_settings"],
  [settings.pinned]: ["repo.update_actions_settings"],
};

function isAbout(event: AuditEvent, finding: DriftFinding, owner: string): boolean {
  const { kind, repository, subject } = finding;
  if (!actionsOf(finding).includes(event.action)) return false;
  if (kind === "package-deleted") return event.package === subject;
  if (finding.at !== null && Math.abs(Date.parse(event.at) - Date.parse(finding.at)) > sameMoment) {
    return false;
  }
  const where = repository === null ? undefined : `${owner}/${repository}`.toLowerCase();
  const called = event.formerRepository ?? event.repository;
  if (called?.toLowerCase() !== where) return false;
  return event.key === undefined || event.key.toUpperCase() === subject.toUpperCase();
}
