import { z } from "zod";
import type { SecretPlace } from "../github/secrets/actions-secrets.ts";
import { actionsSettingsProperties } from "../properties/actions-settings.ts";
import { deliveredFiles, seenByRefresh } from "../properties/delivered-files.ts";
import { deploymentEnvironmentProperties } from "../properties/deployment-environment.ts";
import { registrySecretProperties } from "../properties/registry-secret.ts";
import { registryTokenProperties } from "../properties/registry-token.ts";
import { registryVariableProperties } from "../properties/registry-variable.ts";
import { repositoryPublishingProperties } from "../properties/repository-publishing.ts";
import { sharedWorkflowProperties } from "../properties/shared-workflow.ts";
import { unreadableState } from "../properties/unreadable-state.ts";
import { UserError } from "../user-error.ts";
import { formerState, isFormerUrn, isNextTokenUrn } from "./engine-change.ts";
import { githubType } from "./resource-types.ts";

const tokenSchema = registryTokenProperties.state
  .pick({ hash: true, owner: true, firstSeenAt: true })
  .transform(({ hash, owner, firstSeenAt }) => ({ hash, owner, since: firstSeenAt }));

const secretSchema = registrySecretProperties.state
  .omit({ hash: true, keyId: true, salt: true, granted: true })
  .transform((secret, context) => ({
    place: placeOf(secret, context),
    name: secret.name,
    /** GitHub's `updated_at`: after the last write, or as the last refresh found it. */
    updatedAt: secret.updatedAt,
    /** Whether the last refresh found it unchanged: otherwise it removes the box. */
    intact: secret.box !== undefined,
    /** Organisation secrets only: name to id of the repositories that may use it. */
    repositories: secret.repositories,
  }));

const filesSchema = repositoryPublishingProperties.state
  .pick({
    owner: true,
    repository: true,
    branch: true,
    mode: true,
    files: true,
    blobs: true,
    offered: true,
    secret: true,
    replaceSecrets: true,
    formerSecrets: true,
    deadPatFallback: true,
    publishing: true,
    pullRequestUrl: true,
    declined: true,
    newerPins: true,
    pin: true,
    image: true,
    furtherImages: true,
    jobToken: true,
  })
  .extend(seenByRefresh)
  .transform((record) => ({
    owner: record.owner,
    repository: record.repository,
    branch: record.branch,
    mode: record.mode,
    /**
     * The files of templates, path to git blob id. Empty where the repository's own workflows are
     * repaired.
     */
    files: record.files ?? {},
    ...deliveredFiles(record),
    /** Paths of all workflows that publish. */
    publishing: record.publishing ?? Object.keys(record.files ?? {}),
    /** How the repository's own workflows are repaired. */
    repair: {
      secret: record.secret,
      replaceSecrets: [...(record.replaceSecrets ?? []), ...(record.formerSecrets ?? [])],
      deadPatFallback: record.deadPatFallback ?? false,
    },
    pullRequestUrl: record.pullRequestUrl ?? undefined,
    /** The pull request that a person closed without a merge. */
    declined: record.declined ?? undefined,
    /** Later versions of the templates' actions that stay. */
    newerPins: record.newerPins,
    /** The commit or tag of the shared workflow that the files name. */
    pin: record.pin,
    /** What the templates publish. */
    images: [
      ...(record.image === undefined ? [] : [record.image]),
      ...(record.furtherImages ?? []),
    ],
    /** Whether it publishes with the job's own token, and not with the PAT. */
    jobToken: record.jobToken ?? false,
  }));

const sharedWorkflowSchema = sharedWorkflowProperties.state
  .pick({
    owner: true,
    repository: true,
    branch: true,
    files: true,
    blobs: true,
    offered: true,
    newerPins: true,
    commit: true,
    tag: true,
    versions: true,
    pullRequestUrl: true,
    declined: true,
  })
  .extend(seenByRefresh)
  .transform((record) => ({
    ...record,
    ...deliveredFiles(record),
    newerPins: record.newerPins,
    commit: record.commit ?? undefined,
    tag: record.tag ?? undefined,
    /** What updates wrote there, oldest first. */
    versions: record.versions ?? [],
    pullRequestUrl: record.pullRequestUrl ?? undefined,
    declined: record.declined ?? undefined,
  }));

const accessLevelSchema = z.object({ repository: z.string(), accessLevel: z.string() });

const packageSchema = repositoryPublishingProperties.state
  .pick({ owner: true, repository: true, visibility: true, packages: true })
  .transform(({ owner, repository, visibility, packages }) => ({
    packages: packages.map((each) => ({
      owner,
      repository,
      image: each.image,
      visibility,
      existed: each.existed,
      linkedTo: each.knownLink ?? each.linkedTo,
      actualVisibility: each.visibility,
    })),
  }));

const repositoryVariableSchema = registryVariableProperties.state.omit({ owner: true }).transform(
  /** Variables of the organisation have no repository. */
  (variable): { repository: string | undefined; name: string; value: string } => variable,
);

const organisationVariableSchema = z
  .object({ variableName: z.string(), value: z.string() })
  .transform(({ variableName: name, value }) => ({ repository: undefined, name, value }));

const settingsSchema = actionsSettingsProperties.state.transform((record) => ({
  repository: record.repository,
  workflows:
    record.defaultWorkflowPermissions === undefined
      ? undefined
      : {
          token: record.defaultWorkflowPermissions,
          canApprove: record.canApprovePullRequestReviews ?? false,
        },
  actions:
    record.shaPinningRequired === undefined && record.allowedActions === undefined
      ? undefined
      : {
          allowedActions: record.allowedActions && "selected",
          pinningRequired: record.shaPinningRequired === true,
          selected: record.allowedActions,
        },
}));

/** Settings that a program declares with @pulumi/github itself. */
const workflowPermissionsSchema = z
  .object({
    repository: z.string(),
    defaultWorkflowPermissions: z.string(),
    canApprovePullRequestReviews: z.boolean().default(false),
  })
  .transform(({ repository, defaultWorkflowPermissions, canApprovePullRequestReviews }) => ({
    repository,
    token: defaultWorkflowPermissions,
    canApprove: canApprovePullRequestReviews,
  }));

const actionsPermissionsSchema = z
  .object({
    repository: z.string(),
    allowedActions: z.string().optional(),
    shaPinningRequired: z.boolean().optional(),
    allowedActionsConfig: z
      .object({
        patternsAlloweds: z.array(z.string()).default([]),
        githubOwnedAllowed: z.boolean().default(true),
        verifiedAllowed: z.boolean().default(false),
      })
      .optional(),
  })
  .transform(({ repository, allowedActions, shaPinningRequired, allowedActionsConfig }) => ({
    repository,
    allowedActions,
    pinningRequired: shaPinningRequired === true,
    selected: allowedActionsConfig
      ? {
          patterns: allowedActionsConfig.patternsAlloweds,
          githubOwned: allowedActionsConfig.githubOwnedAllowed,
          verified: allowedActionsConfig.verifiedAllowed,
        }
      : undefined,
  }));

/** A resource of the stack's state: its URN, to target it, and its last written properties. */
type Recorded<Schema extends z.ZodType> = z.output<Schema> & { urn: string };

type Frozen<T> = T extends object ? { readonly [Key in keyof T]: Frozen<T[Key]> } : T;

/** The result of the last update, from the stack's state. */
export type StackRecord = Frozen<ReturnType<typeof readRecord>>;

export type SecretRecord = StackRecord["secrets"][number];
export type FilesRecord = StackRecord["files"][number];
/** The workflow of the central repository. */
export type SharedWorkflowRecord = StackRecord["sharedWorkflows"][number];
/** Who may call the workflows of a repository. */
export type AccessLevelRecord = StackRecord["accessLevels"][number];
/** One of the packages of a repository. */
export type PackageRecord = StackRecord["packages"][number];
export type VariableRecord = StackRecord["variables"][number];
export type WorkflowPermissionsRecord = StackRecord["workflowPermissions"][number];
export type ActionsPermissionsRecord = StackRecord["actionsPermissions"][number];
export type EnvironmentRecord = StackRecord["environments"][number];

const deploymentSchema = z.object({
  resources: z
    .array(
      z.object({
        urn: z.string(),
        type: z.string(),
        inputs: z.record(z.string(), z.unknown()).default({}),
        outputs: z.record(z.string(), z.unknown()).default({}),
      }),
    )
    .nullish(),
});

/**
 * Reads what the stack wrote from an exported deployment.
 *
 * @param deployment `deployment` of `pulumi stack export`
 * @throws {UserError} lists every resource that cannot be read, with the property and the reason
 */
export function stackRecord(deployment: unknown): StackRecord {
  return readRecord(deployment);
}

function readRecord(deployment: unknown) {
  const parsed = deploymentSchema.safeParse(deployment);
  if (!parsed.success) throw unreadable(listProblems("the deployment", parsed.error));
  const resources = parsed.data.resources ?? [];
  if (resources.some(({ urn }) => isFormerUrn(urn))) throw new UserError(formerState);
  const problems: string[] = [];
  const read = <Schema extends z.ZodType>(type: string, schema: Schema): Recorded<Schema>[] =>
    resources.flatMap((resource) => {
      if (resource.type !== type) return [];
      // Outputs do not repeat all inputs. The provider sends null for an absent output.
      const properties = { ...resource.inputs, ...resource.outputs };
      const present = Object.entries(properties).filter(([, value]) => value !== null);
      const { success, data, error } = schema.safeParse(Object.fromEntries(present));
      if (!success) problems.push(...listProblems(resource.urn, error));
      return success ? [{ ...(data as object), urn: resource.urn } as Recorded<Schema>] : [];
    });
  const tokens = read(registryTokenProperties.token, tokenSchema);
  const settings = read(actionsSettingsProperties.token, settingsSchema);
  const record = {
    /** `since`: ISO-8601, when the stack was first given the token. */
    token: tokens.find(({ urn }) => !isNextTokenUrn(urn)),
    /** Whether repositories try another PAT, in a rotation that is not finished. */
    isTrial: tokens.some(({ urn }) => isNextTokenUrn(urn)),
    secrets: read(registrySecretProperties.token, secretSchema),
    files: read(repositoryPublishingProperties.token, filesSchema),
    /** One at most. */
    sharedWorkflows: read(sharedWorkflowProperties.token, sharedWorkflowSchema),
    accessLevels: read(githubType.accessLevel, accessLevelSchema),
    packages: read(repositoryPublishingProperties.token, packageSchema).flatMap(
      ({ urn, packages }) => packages.map((each) => ({ ...each, urn })),
    ),
    variables: [
      ...read(githubType.organizationVariable, organisationVariableSchema),
      ...read(registryVariableProperties.token, repositoryVariableSchema),
    ],
    workflowPermissions: [
      ...settings.flatMap(({ urn, repository, workflows }) =>
        workflows ? { urn, repository, ...workflows } : [],
      ),
      ...read(
        "github:index/workflowRepositoryPermissions:WorkflowRepositoryPermissions",
        workflowPermissionsSchema,
      ),
    ],
    actionsPermissions: [
      ...settings.flatMap(({ urn, repository, actions }) =>
        actions ? { urn, repository, ...actions } : [],
      ),
      ...read(
        "github:index/actionsRepositoryPermissions:ActionsRepositoryPermissions",
        actionsPermissionsSchema,
      ),
    ],
    environments: read(
      deploymentEnvironmentProperties.token,
      deploymentEnvironmentProperties.state,
    ),
  };
  // Files and packages are read from the same resource.
  if (problems.length > 0) throw unreadable([...new Set(problems)]);
  return record;
}

function placeOf(
  secret: z.output<typeof registrySecretProperties.state>,
  context: z.RefinementCtx,
): SecretPlace {
  const { scope, owner, repository, environment } = secret;
  const need = (value: string | undefined, name: string) => {
    if (value === undefined) {
      const message = `is missing, and the scope is ${scope}`;
      context.addIssue({ code: "custom", path: [name], message });
    }
    return value ?? "";
  };
  switch (scope) {
    case "organization":
      return { scope, owner };
    case "repository":
      return { scope, owner, repository: need(repository, "repository") };
    case "environment":
      return {
        scope,
        owner,
        repository: need(repository, "repository"),
        environment: need(environment, "environment"),
      };
  }
}

function listProblems(subject: string, { issues }: z.core.$ZodError): string[] {
  return issues.map(({ path, message }) => `${subject}: ${path.join(".")}: ${message}`);
}

function unreadable(problems: readonly string[]): UserError {
  return new UserError(
    "the stack's state cannot be read by this version of ghcr-fleet:\n" +
      problems.map((problem) => `  ${problem}\n`).join("") +
      unreadableState,
  );
}
