import type { GitHubHost } from "../../github-host.ts";
import { unlessRefused } from "../../github/client/unless-refused.ts";
import { readVariable } from "../../github/secrets/actions-variables.ts";
import {
  readEnvironment,
  type DeploymentEnvironment,
} from "../../github/secrets/deployment-environment.ts";
import {
  readActionsPermissions,
  workflowPermissionsReader,
  type ActionsPermissions,
  type SelectedActions,
} from "../../github/repositories/repository-settings.ts";
import type {
  ActionsPermissionsRecord,
  EnvironmentRecord,
  StackRecord,
  VariableRecord,
  WorkflowPermissionsRecord,
} from "../../stack/stack-record.ts";
import { driftFinding, type DriftFinding } from "./drift-finding.ts";
import type { DriftReader } from "./drift-reader.ts";

/** The subjects of findings about settings. */
export const settings = {
  token: "default workflow permissions",
  approval: "approval by workflows",
  enabled: "Actions",
  allowed: "allowed actions",
  pinned: "pinned actions",
} as const;

/**
 * Drift of what workflows may do, which actions may run, the fleet's variable, and the branches and tags that may use
 * an environment with the secret.
 */
export async function readSettingsDrift(
  reader: DriftReader,
  {
    workflowPermissions,
    actionsPermissions,
    variables,
    environments,
  }: Pick<StackRecord, "workflowPermissions" | "actionsPermissions" | "variables" | "environments">,
): Promise<DriftFinding[]> {
  const { github, owner, pace } = reader;
  const readPermissions = workflowPermissionsReader(github, owner, pace);
  const found = await Promise.all([
    reader.attemptEach(
      workflowPermissions,
      ({ repository }) => `read the workflow permissions of ${owner}/${repository}`,
      async (record) => compareWorkflows(record, await readPermissions(record.repository)),
    ),
    reader.attemptEach(
      actionsPermissions,
      ({ repository }) => `read which actions may run in ${owner}/${repository}`,
      async (record) =>
        compareActions(
          record,
          await pace(() => readActionsPermissions(github, owner, record.repository)),
        ),
    ),
    reader.attemptEach(
      variables,
      (record) => `read the variable ${record.name} of ${placeOf(record, owner)}`,
      async (record) =>
        compareVariable(
          record,
          await pace(() => readVariable(github, { owner, ...record })),
          owner,
        ),
    ),
    reader.attemptEach(
      environments,
      (record) => `read the environment ${nameOf(record)}`,
      async (record) =>
        compareEnvironment(github.host, record, await pace(() => readEnvironment(github, record))),
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
    drifted.push(settingFinding(record, settings.token, text, wider));
  }
  if (found.canApprove !== record.canApprove) {
    const text = `workflows may ${found.canApprove ? "" : "not "}approve pull requests`;
    drifted.push(settingFinding(record, settings.approval, text, found.canApprove));
  }
  return drifted;
}

function compareActions(
  record: ActionsPermissionsRecord,
  found: ActionsPermissions,
): DriftFinding[] {
  if (!found.enabled) {
    return [
      settingFinding(
        record,
        settings.enabled,
        "Actions are switched off, so nothing is built",
        false,
      ),
    ];
  }
  const drifted: DriftFinding[] = [];
  if (record.allowedActions !== undefined && found.allowedActions !== record.allowedActions) {
    const text = `${wordsFor(found.allowedActions)} may run, and should ${wordsFor(record.allowedActions)}`;
    drifted.push(
      settingFinding(record, settings.allowed, text, record.allowedActions === "selected"),
    );
  } else if (record.selected && found.selected) {
    drifted.push(...compareSelected(record, record.selected, found.selected));
  }
  if (record.pinningRequired && !found.pinningRequired) {
    const text = "actions no longer have to be pinned to a commit";
    drifted.push(settingFinding(record, settings.pinned, text, true));
  }
  return drifted;
}

function compareSelected(
  record: ActionsPermissionsRecord,
  wanted: SelectedActions,
  found: SelectedActions,
): DriftFinding[] {
  const { text, isWider } = compareLists(namesOf(wanted), namesOf(found), {
    came: (names) => `${names} may also run`,
    went: (names) => `${names} may no longer run`,
  });
  return text === "" ? [] : [settingFinding(record, settings.allowed, text, isWider)];
}

/** What was added to a list and what was removed, in words; empty if nothing changed. */
function compareLists(
  before: readonly string[],
  now: readonly string[],
  { came, went }: Record<"came" | "went", (names: string) => string>,
): { text: string; isWider: boolean } {
  const more = now.filter((name) => !before.includes(name));
  const less = before.filter((name) => !now.includes(name));
  const texts = [
    ...(more.length > 0 ? [came(more.join(", "))] : []),
    ...(less.length > 0 ? [went(less.join(", "))] : []),
  ];
  return { text: texts.join("; "), isWider: more.length > 0 };
}

function namesOf({ patterns, githubOwned, verified }: SelectedActions): string[] {
  return [
    ...(githubOwned ? ["GitHub's own actions"] : []),
    ...(verified ? ["actions of all verified creators"] : []),
    ...patterns,
  ];
}

/**
 * Variables of repositories that hide the organisation's: the workflows of the templates log in with their value. Costs one
 * request for each repository with the templates.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/variables#configuration-variable-precedence
 */
export function readHidingVariables(
  reader: DriftReader,
  { variables, secrets, files }: Pick<StackRecord, "variables" | "secrets" | "files">,
  gone: ReadonlySet<string>,
): Promise<DriftFinding[]> {
  const { github, owner, pace } = reader;
  const shared = variables.find(({ repository }) => repository === undefined);
  const sharing = new Set(secrets.flatMap(({ repositories = {} }) => Object.keys(repositories)));
  const reading = files.filter(
    ({ repository, mode }) =>
      mode === "template" && sharing.has(repository) && !gone.has(repository),
  );
  return reader.attemptEach(
    shared ? reading : [],
    ({ repository }) => `find a variable ${shared?.name} of ${owner}/${repository}`,
    async ({ repository }) => {
      const { name = "", value } = shared ?? {};
      // An App may lack the permission, which nothing else of an organisation's fleet needs.
      const own = await pace(() =>
        unlessRefused([403], () => readVariable(github, { owner, repository, name })),
      );
      if (own === undefined || own === value) return [];
      return [
        driftFinding({
          kind: "variable-shadowed",
          repository,
          subject: name,
          text: `${owner}/${repository} has a variable ${name} of its own, which hides the organisation's: its workflows log in as ${JSON.stringify(own.slice(0, 80))}`,
          url: `${github.host.web}/${owner}/${repository}/settings/variables/actions`,
          repair: { by: "person", step: "delete it on that page" },
        }),
      ];
    },
  );
}

function compareVariable(
  record: VariableRecord,
  found: string | undefined,
  owner: string,
): DriftFinding[] {
  if (found === record.value) return [];
  const { name: subject, value, repository = null, urn } = record;
  const now = found === undefined ? "was deleted" : `is ${JSON.stringify(found.slice(0, 80))}`;
  const text = `the variable ${subject} of ${placeOf(record, owner)} ${now}, and should be ${value}`;
  const repair = { by: "update", urn } as const;
  return [driftFinding({ kind: "variable-changed", repository, subject, text, repair })];
}

function compareEnvironment(
  { web }: GitHubHost,
  record: EnvironmentRecord,
  found: DeploymentEnvironment | undefined,
): DriftFinding[] {
  const drifted = (what: string, isWider: boolean) => [
    {
      ...settingFinding(record, `environment ${record.environment}`, what, isWider),
      text: `the environment ${nameOf(record)} ${what}`,
      url: `${web}/${record.owner}/${record.repository}/settings/environments`,
    },
  ];
  if (!found) return drifted("was deleted", false);
  if (!found.restricted)
    return drifted("allows other branches and tags than the stack declared", true);
  const wanted = [...record.branches, ...record.tags];
  const { text, isWider } = compareLists(
    wanted,
    found.policies.map(({ name }) => name),
    {
      came: (names) => `also allows ${names}`,
      went: (names) => `no longer allows ${names}`,
    },
  );
  return text === "" ? [] : drifted(text, isWider);
}

function nameOf({ owner, repository, environment }: EnvironmentRecord): string {
  return `${environment} of ${owner}/${repository}`;
}

/** A setting of a repository that allows more, or less, than the stack wrote. */
export function settingFinding(
  { repository, urn }: { readonly repository: string; readonly urn: string },
  subject: string,
  text: string,
  isWider: boolean,
): DriftFinding {
  return driftFinding({
    kind: isWider ? "permissions-widened" : "permissions-narrowed",
    repository,
    subject,
    text: `${repository}: ${text}`,
    repair: { by: "update", urn },
  });
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
