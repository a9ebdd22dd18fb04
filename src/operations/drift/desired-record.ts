import { sharedAccess } from "../../fleet/shared/resolve-shared.ts";
import type { ActionsSettings, Fleet, FleetRepository } from "../../fleet/fleet.ts";
import { gitBlobIds } from "../../github/contents/git-blob-id.ts";
import type {
  ActionsPermissionsRecord,
  StackRecord,
  VariableRecord,
} from "../../stack/stack-record.ts";
import {
  renderSharedWritten,
  renderWritten,
} from "../../publishing/templates/render-repository.ts";
import { isSameName } from "../../is-same-name.ts";

/**
 * What the last update should have written, from the configuration. The state alone is not enough: a
 * refresh writes into it what GitHub shows. Repositories that are not applied yet, or that leave with the
 * next update, are left out.
 */
export function desiredRecord(fleet: Fleet, record: StackRecord): StackRecord {
  const applied = new Set(record.files.map(({ repository }) => repository.toLowerCase()));
  const present = new Map(
    fleet.repositories
      .filter(({ name }) => applied.has(name.toLowerCase()))
      .map((repository) => [repository.name.toLowerCase(), repository]),
  );
  /** The records of repositories that stay, each as the fleet declares it. */
  const want = <T extends { readonly repository: string | undefined }>(
    records: readonly T[],
    asDeclared: (each: T, repository: FleetRepository) => T,
  ) =>
    records.flatMap((each) => {
      if (each.repository === undefined) return [each];
      const repository = present.get(each.repository.toLowerCase());
      return repository ? [asDeclared(each, repository)] : [];
    });
  const withOwn = new Set(
    record.secrets.flatMap(({ place }) =>
      place.scope === "organization" ? [] : [place.repository.toLowerCase()],
    ),
  );
  const withJobToken = new Set(
    record.files.flatMap(({ repository, jobToken }) =>
      jobToken ? [repository.toLowerCase()] : [],
    ),
  );
  /**
   * A rotation gives the secret to all that share it, also to repositories that are not applied yet. One that
   * gets another credential with the next update keeps this one until then.
   */
  const audienceOf = (granted: Readonly<Record<string, number>>) => {
    const ids = new Set(Object.values(granted));
    const wanted = fleet.repositories.filter(({ name, id, credential }) => {
      const key = name.toLowerCase();
      const moved = withOwn.has(key) || withJobToken.has(key);
      if (credential !== "organization") return ids.has(id) && !moved;
      return ids.has(id) || (present.has(key) && !moved);
    });
    return Object.fromEntries(wanted.map(({ name, id }) => [name, id]));
  };
  /** In a trial, a repository with a secret of its own may have the next PAT's. */
  const ownerOf = ({ repository }: VariableRecord) =>
    record.isTrial && repository !== undefined ? undefined : record.token?.owner;
  return {
    token: record.token,
    isTrial: record.isTrial,
    secrets: record.secrets
      .filter(
        ({ place }) =>
          place.scope === "organization" || present.has(place.repository.toLowerCase()),
      )
      .map((secret) => ({
        ...secret,
        repositories: secret.repositories && audienceOf(secret.repositories),
      })),
    files: want(record.files, (each, repository) => {
      const keepsPins = repository.workflows.newerPins === "keep";
      const newerPins = keepsPins ? (each.newerPins ?? []) : undefined;
      const files =
        each.mode === "template"
          ? gitBlobIds(renderWritten(fleet, repository, { newerPins, pin: each.pin }))
          : {};
      return { ...each, files, newerPins };
    }),
    sharedWorkflows: record.sharedWorkflows.flatMap((each) => {
      if (!isCentral(fleet, each)) return [];
      const newerPins = fleet.shared?.newerPins === "keep" ? (each.newerPins ?? []) : undefined;
      const files = gitBlobIds(renderSharedWritten(fleet, { ...each, newerPins }));
      return [{ ...each, files, newerPins }];
    }),
    accessLevels: record.accessLevels.flatMap((each) => {
      const accessLevel = sharedAccess(fleet);
      return accessLevel && isCentral(fleet, each) ? [{ ...each, accessLevel }] : [];
    }),
    packages: want(record.packages, (each) => each),
    variables: record.variables.map((each) => ({
      ...each,
      value: ownerOf(each) ?? each.value,
    })),
    workflowPermissions: want(record.workflowPermissions, (each, { actions }) => ({
      ...each,
      token: actions.tokenPermissions ?? each.token,
      canApprove: false,
    })),
    actionsPermissions: want(record.actionsPermissions, (each, { actions }) =>
      declaredActions(each, actions),
    ),
    environments: want(record.environments, (each, { branch }) => ({
      ...each,
      branches: [branch],
    })),
  };
}

/** As src/resources/fleet-repository.ts declares it. */
function declaredActions(
  each: ActionsPermissionsRecord,
  { allowed, requirePinnedActions }: ActionsSettings,
): ActionsPermissionsRecord {
  return {
    ...each,
    allowedActions: allowed && "selected",
    pinningRequired: requirePinnedActions === true,
    selected: allowed && { patterns: allowed, githubOwned: true, verified: false },
  };
}

function isCentral({ shared }: Fleet, { repository }: { readonly repository: string }): boolean {
  return isSameName(shared?.repository, repository);
}
