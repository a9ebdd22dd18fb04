import { isDeepStrictEqual } from "node:util";
import { actionsPage } from "../../src/account.ts";
import type { GitHubHost } from "../../src/github-host.ts";
import { explainFailure } from "../../src/github/client/explain-failure.ts";
import type { GitHubClient } from "../../src/github/client/github-client.ts";
import { isRefusal } from "../../src/github/client/unless-refused.ts";
import {
  readActionsPermissions,
  workflowPermissionsReader,
  writeActionsPermissions,
  writeSelectedActions,
  writeWorkflowPermissions,
  type ActionsPermissions,
  type SelectedActions,
  type FoundWorkflowPermissions,
} from "../../src/github/repositories/repository-settings.ts";
import { actionsSettingsProperties } from "../../src/properties/actions-settings.ts";
import type { StateOf } from "../../src/properties/resource-properties.ts";
import { checkInputs, keepSpelling } from "../protocol/check-inputs.ts";
import { diffProperties } from "../protocol/property-diff.ts";
import { hasUnknown, type Properties } from "../protocol/property-values.ts";
import type { ResourceContext, ResourceType } from "../protocol/resource-type.ts";
import type { RepositorySnapshots } from "./repository-snapshots.ts";
import { unstatedWriters } from "../../src/publishing/unstated-writers.ts";
import type { WorkflowTexts } from "./publishing/reads/workflow-texts.ts";
import { splitId } from "./split-id.ts";

type Inputs = StateOf<typeof actionsSettingsProperties>;

const place = ["owner", "repository"];

/**
 * `ghcr:index:ActionsSettings`: what the workflows of a repository may do by default, and which actions
 * they may use.
 *
 * Only declared settings are read, and written where they differ. They stay as they are when the
 * repository leaves the fleet: nobody knows whether the earlier values would still be safe.
 *
 * @param owner whose organisation-wide settings are read once for all repositories
 * @param texts to say in a preview which workflows a narrower default may stop
 */
export function actionsSettings(
  github: GitHubClient,
  snapshots: RepositorySnapshots,
  owner: string,
  texts: WorkflowTexts,
): ResourceType {
  const readPermissions = workflowPermissionsReader(github, owner);

  async function readSettings(inputs: Inputs, wanted: Wanted): Promise<Found> {
    const { owner: account, repository } = inputs;
    const read = snapshots.isOwner(account)
      ? readPermissions
      : workflowPermissionsReader(github, account);
    const [workflows, actions] = await Promise.all([
      wanted.workflows ? read(repository) : undefined,
      wanted.actions ? readActionsPermissions(github, account, repository) : undefined,
    ]);
    return { workflows, actions };
  }

  /** Advice, so that a failure to read ends no preview. */
  async function warnOfWriters(inputs: Inputs, context: ResourceContext): Promise<void> {
    if (inputs.defaultWorkflowPermissions !== "read") return;
    try {
      const snapshot = await snapshots.find(inputs);
      if (!snapshot?.head) return;
      const writers = unstatedWriters((await texts.get(snapshot, "guess")).texts);
      if (writers.length === 0) return;
      context.warn(
        `${writers.join(" and ")} of ${idOf(inputs)} seem to write with GITHUB_TOKEN without permissions of their own, ` +
          "and fail once its default is to read: give them permissions first, or leave actions.tokenPermissions out",
      );
    } catch (error) {
      context.warn(explainFailure(error, `read the workflow files of ${idOf(inputs)}`).message);
    }
  }

  /** @returns nothing where a preview's token may not read them: it may be one that only reads code */
  async function tryRead(
    inputs: Inputs,
    preview: boolean,
    context: ResourceContext,
  ): Promise<Found | undefined> {
    try {
      return await readSettings(inputs, wantedOf(inputs));
    } catch (error) {
      const failure = explainFailure(error, `read the Actions settings of ${idOf(inputs)}`);
      if (!preview || !isRefusal(error, refusals)) throw failure;
      context.warn(`${failure.message} Whether they change is not known.`);
      return undefined;
    }
  }

  /**
   * Writes what differs, and warns of each change that the engine does not show.
   *
   * @returns why GitHub refused. It is no failure of the step, because the engine would then start nothing
   *   more for all other repositories; the program reports it.
   */
  async function apply(
    inputs: Inputs,
    state: Properties,
    preview: boolean,
    context: ResourceContext,
  ): Promise<string | undefined> {
    const id = idOf(inputs);
    const read = await tryRead(inputs, preview, context);
    if (!read) return undefined;
    const { workflows, actions } = read;
    const found = settingsOf(read);
    const differing = names.filter(
      (name) => inputs[name] !== undefined && !isDeepStrictEqual(found[name], inputs[name]),
    );
    const unseen = differing.filter(
      (name) => state[name] === undefined || !isDeepStrictEqual(found[name], state[name]),
    );
    if (unseen.length > 0) {
      const texts = unseen.map((name) => describeChange(name, found, inputs));
      context.warn(`the Actions settings of ${id} change: ${texts.join("; ")}`);
    }
    if (differing.length === 0) return undefined;
    if (preview && found.defaultWorkflowPermissions === "write")
      await warnOfWriters(inputs, context);
    const forbidden = whyForbidden(github.host, inputs, workflows);
    if (preview && forbidden !== undefined) context.warn(forbidden);
    if (preview || forbidden !== undefined) return preview ? undefined : forbidden;
    try {
      if (workflows && differing.some(isOfWorkflows)) {
        const { defaultWorkflowPermissions: token, canApprovePullRequestReviews } = inputs;
        await writeWorkflowPermissions(github, inputs.owner, inputs.repository, {
          token: token ?? workflows.token,
          canApprove: canApprovePullRequestReviews ?? workflows.canApprove,
        });
      }
      if (actions) await writeActions(github, inputs, actions, differing);
      return undefined;
    } catch (error) {
      const failure = explainFailure(error, `set the Actions settings of ${id}`);
      if (isRefusal(error, refusals)) return failure.message;
      throw failure;
    }
  }

  return {
    properties: actionsSettingsProperties,

    async check(olds, news) {
      const named = keepSpelling(olds, news, place);
      const checked = checkInputs(actionsSettingsProperties.args, named);
      const { allowedActions } = checked.inputs as Partial<Inputs>;
      if (hasUnknown(named) || !allowedActions) return checked;
      return { ...checked, inputs: { ...checked.inputs, allowedActions: sorted(allowedActions) } };
    },

    diff: (olds, news, { refused }) => ({
      ...diffProperties(olds, news, place),
      ...(refused !== undefined && { refused: "update" }),
    }),

    async create(properties, preview, context) {
      const inputs = properties as Inputs;
      const refused = await apply(inputs, {}, preview, context);
      return { id: idOf(inputs), state: { ...properties, refused } };
    },

    async read(id, state, properties, context) {
      const isImport = Object.keys(properties).length === 0;
      const [account = "", repository = ""] = splitId(id, "owner/repository");
      const inputs: Inputs = isImport
        ? { owner: account, repository }
        : (properties as unknown as Inputs);
      const wanted = isImport ? everything : wantedOf(inputs);
      try {
        const found = settingsOf(await readSettings(inputs, wanted));
        const shown = names.filter((name) => isImport || inputs[name] !== undefined);
        const now: Properties = { owner: inputs.owner, repository: inputs.repository };
        for (const name of shown) if (found[name] !== undefined) now[name] = found[name];
        return { id, state: now, inputs: now };
      } catch (error) {
        const failure = explainFailure(error, `read the Actions settings of ${id}`);
        if (isImport || !isRefusal(error, refusals)) throw failure;
        // The engine would end the refresh of all other repositories.
        context.warn(`${failure.message} They are kept as the last update wrote them.`);
        return { id, state, inputs: properties };
      }
    },

    async update(_id, state, properties, preview, context) {
      const refused = await apply(properties as Inputs, state, preview, context);
      return { ...properties, refused };
    },

    delete: async () => {},
  };
}

/** Which requests are needed. */
interface Wanted {
  readonly workflows: boolean;
  readonly actions: boolean;
}

const everything: Wanted = { workflows: true, actions: true };

function wantedOf(inputs: Inputs): Wanted {
  const declared = names.filter((name) => inputs[name] !== undefined);
  return {
    workflows: declared.some(isOfWorkflows),
    actions: declared.some((name) => !isOfWorkflows(name)),
  };
}

interface Found {
  readonly workflows: FoundWorkflowPermissions | undefined;
  readonly actions: ActionsPermissions | undefined;
}

const names = [
  "defaultWorkflowPermissions",
  "canApprovePullRequestReviews",
  "shaPinningRequired",
  "allowedActions",
] as const;

type Name = (typeof names)[number];

type Settings = Pick<Inputs, Name>;

function isOfWorkflows(name: Name): boolean {
  return name === "defaultWorkflowPermissions" || name === "canApprovePullRequestReviews";
}

/** As they would be declared. Where Actions are off, or all actions may run, there is no such property. */
function settingsOf({ workflows, actions }: Found): Settings {
  return {
    ...(workflows && {
      defaultWorkflowPermissions: workflows.token,
      canApprovePullRequestReviews: workflows.canApprove,
    }),
    ...(actions?.enabled && { shaPinningRequired: actions.pinningRequired }),
    ...(actions?.selected && { allowedActions: sorted(actions.selected) }),
  };
}

/** GitHub may list patterns in another order. */
function sorted({ patterns, githubOwned, verified }: SelectedActions) {
  return { patterns: [...patterns].sort(), githubOwned, verified };
}

async function writeActions(
  github: GitHubClient,
  inputs: Inputs,
  found: ActionsPermissions,
  differing: readonly Name[],
): Promise<void> {
  const { owner, repository, allowedActions, shaPinningRequired } = inputs;
  const selects = differing.includes("allowedActions") && allowedActions !== undefined;
  const isSelected = found.allowedActions === "selected";
  if (differing.includes("shaPinningRequired") || (selects && !isSelected)) {
    await writeActionsPermissions(github, owner, repository, {
      allowedActions: selects ? "selected" : found.allowedActions,
      pinningRequired: shaPinningRequired ?? found.pinningRequired,
    });
  }
  if (selects) await writeSelectedActions(github, owner, repository, allowedActions);
}

/** Why GitHub would refuse the workflow permissions: a repository may not have wider ones. */
function whyForbidden(
  host: GitHubHost,
  inputs: Inputs,
  workflows: Found["workflows"],
): string | undefined {
  const { owner, defaultWorkflowPermissions, canApprovePullRequestReviews } = inputs;
  const { token, canApprove } = workflows?.widest ?? {};
  const forbidden = [
    ...(defaultWorkflowPermissions === "write" && token === "read" ? ["write permissions"] : []),
    ...(canApprovePullRequestReviews && canApprove === false ? ["approval by workflows"] : []),
  ];
  if (forbidden.length === 0) return undefined;
  return (
    `cannot set the Actions settings of ${idOf(inputs)}: ${owner} does not allow ${forbidden.join(" and ")} ` +
    `in its repositories; allow it (${actionsPage({ host, owner })}), or change the ` +
    "fleet's actions.tokenPermissions, then run again"
  );
}

/** Where GitHub refuses this repository to the token, and not the token altogether. */
const refusals = [403, 404, 409, 422];

function describeChange(name: Name, found: Settings, wanted: Settings): string {
  return `${labels[name]}: ${describeValue(found[name])}, becomes ${describeValue(wanted[name])}`;
}

const labels: Readonly<Record<Name, string>> = {
  defaultWorkflowPermissions: "default workflow permissions",
  canApprovePullRequestReviews: "workflows may approve pull requests",
  shaPinningRequired: "actions must be pinned",
  allowedActions: "allowed actions",
};

function describeValue(value: Settings[Name]): string {
  if (value === undefined) return "not limited";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return value;
  const listed = [
    ...(value.githubOwned ? ["GitHub's own"] : []),
    ...(value.verified ? ["all verified creators'"] : []),
    ...value.patterns,
  ];
  return listed.join(", ") || "none";
}

function idOf({ owner, repository }: Inputs): string {
  return `${owner}/${repository}`;
}
