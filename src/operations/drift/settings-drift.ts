import { readVariable } from "../../github/secrets/actions-variables.ts";
import {
  readActionsPermissions,
  workflowPermissionsReader,
  type ActionsPermissions,
  type SelectedActions,
} from "../../github/repositories/repository-settings.ts";
import type {
  ActionsPermissionsRecord,
  StackRecord,
  VariableRecord,
  WorkflowPermissionsRecord,
} from "../../stack/stack-record.ts";
import type { DriftFinding } from "./drift-finding.ts";
import type { DriftReader } from "./drift-reader.ts";

/** The subjects of findings about settings. */
export const settings = {
  token: "default workflow permissions",
  approval: "approval by workflows",
  enabled: "Actions",
  allowed: "allowed actions",
  pinned: "pinned actions",
} as const;

/** Drift of what workflows may do, which actions may run, and the fleet's variable. */
export async function readSettingsDrift(
  reader: DriftReader,
  {
    workflowPermissions,
    actionsPermissions,
    variables,
  }: Pick<StackRecord, "workflowPermissions" | "actionsPermissions" | "variables">,
): Promise<DriftFinding[]> {
  const { github, owner, pace } = reader;
  const readPermissions = workflowPermissionsReader(github, owner, pace);
  const found = await Promise.all([
    ...workflowPermissions.map((record) =>
      reader.attempt(`read the workflow permissions of ${owner}/${record.repository}`, async () =>
        compareWorkflows(record, await readPermissions(record.repository)),
      ),
    ),
    ...actionsPermissions.map((record) =>
      reader.attempt(`read which actions may run in ${owner}/${record.repository}`, async () =>
        compareActions(
          record,
          await pace(() => readActionsPermissions(github, owner, record.repository)),
        ),
      ),
    ),
    ...variables.map((record) =>
      reader.attempt(`read the variable ${record.name} of ${placeOf(record, owner)}`, async () =>
        compareVariable(
          record,
          await pace(() => readVariable(github, { owner, ...record })),
          owner,
        ),
      ),
    ),
  ]);
  return found.flat();
}

function compareWorkflows(
  record: WorkflowPermissionsRecord,
  found: { readonly token: string; readonly canApprove: boolean },
): DriftFinding[] {
  const drifted: DriftFinding[] = [];
  if (found.token !== record.token) {
    const wider = found.token === "write";
    const text = `GITHUB_TOKEN may ${found.token} by default, and should ${record.token}`;
    drifted.push(setting(record, settings.token, text, wider));
  }
  if (found.canApprove !== record.canApprove) {
    const text = `workflows may ${found.canApprove ? "" : "not "}approve pull requests`;
    drifted.push(setting(record, settings.approval, text, found.canApprove));
  }
  return drifted;
}

function compareActions(
  record: ActionsPermissionsRecord,
  found: ActionsPermissions,
): DriftFinding[] {
  if (!found.enabled) {
    return [
      setting(record, settings.enabled, "Actions are switched off, so nothing is built", false),
    ];
  }
  const drifted: DriftFinding[] = [];
  if (record.allowedActions !== undefined && found.allowedActions !== record.allowedActions) {
    const text = `${wordsFor(found.allowedActions)} may run, and should ${wordsFor(record.allowedActions)}`;
    drifted.push(setting(record, settings.allowed, text, record.allowedActions === "selected"));
  } else if (record.selected && found.selected) {
    drifted.push(...compareSelected(record, record.selected, found.selected));
  }
  if (record.pinningRequired && !found.pinningRequired) {
    const text = "actions no longer have to be pinned to a commit";
    drifted.push(setting(record, settings.pinned, text, true));
  }
  return drifted;
}

function compareSelected(
  record: ActionsPermissionsRecord,
  wanted: SelectedActions,
  found: SelectedActions,
): DriftFinding[] {
  const [before, now] = [namesOf(wanted), namesOf(found)];
  const more = now.filter((name) => !before.includes(name));
  const less = before.filter((name) => !now.includes(name));
  const texts = [
    ...(more.length > 0 ? [`${more.join(", ")} may also run`] : []),
    ...(less.length > 0 ? [`${less.join(", ")} may no longer run`] : []),
  ];
  if (texts.length === 0) return [];
  return [setting(record, settings.allowed, texts.join("; "), more.length > 0)];
}

function namesOf({ patterns, githubOwned, verified }: SelectedActions): string[] {
  return [
    ...(githubOwned ? ["GitHub's own actions"] : []),
    ...(verified ? ["actions of all verified creators"] : []),
    ...patterns,
  ];
}

function compareVariable(
  record: VariableRecord,
  found: string | undefined,
  owner: string,
): DriftFinding[] {
  if (found === record.value) return [];
  const { name, value, repository = null, urn } = record;
  const now = found === undefined ? "was deleted" : `is ${JSON.stringify(found.slice(0, 80))}`;
  return [
    {
      kind: "variable-changed",
      repository,
      subject: name,
      text: `the variable ${name} of ${placeOf(record, owner)} ${now}, and should be ${value}`,
      actor: null,
      at: null,
      url: null,
      repair: { by: "update", urn },
    },
  ];
}

function setting(
  { repository, urn }: { readonly repository: string; readonly urn: string },
  subject: string,
  text: string,
  wider: boolean,
): DriftFinding {
  return {
    kind: wider ? "permissions-widened" : "permissions-narrowed",
    repository,
    subject,
    text: `${repository}: ${text}`,
    actor: null,
    at: null,
    url: null,
    repair: { by: "update", urn },
  };
}

function wordsFor(allowed: string | undefined): string {
  switch (allowed) {
    case "all":
      return "all actions";
    case "local_only":
      return "only the organisation's own actions";
    case "selected":
      return "selected actions";
    default:
      return "other actions";
  }
}

function placeOf({ repository }: VariableRecord, owner: string): string {
  return repository === undefined ? `the organisation ${owner}` : `${owner}/${repository}`;
}
