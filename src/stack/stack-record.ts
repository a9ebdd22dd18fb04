import { z } from "zod";
import type { SecretPlace } from "../github/secrets/actions-secrets.ts";
import type { SelectedActions } from "../github/repositories/repository-settings.ts";

/** A resource of the stack's state: how to aim at it, and what was written last. */
type Recorded<T> = T & { readonly urn: string };

export type SecretRecord = Recorded<{
  readonly place: SecretPlace;
  readonly name: string;
  /** GitHub's `updated_at`: after the last write, or as the last refresh found it. */
  readonly updatedAt: string | undefined;
  /** Whether the last refresh found it as it was written. */
  readonly intact: boolean;
  /** Organisation secrets only: name to id of the repositories that may use it. */
  readonly repositories: Readonly<Record<string, number>> | undefined;
}>;

export type FilesRecord = Recorded<{
  readonly owner: string;
  readonly repository: string;
  readonly branch: string;
  /** Path to text. */
  readonly files: Readonly<Record<string, string>>;
  /** The pull request that offers them, where it may not be committed to. */
  readonly pullRequestUrl: string | undefined;
}>;

export type PackageRecord = Recorded<{
  readonly owner: string;
  readonly repository: string;
  /** Without its owner. */
  readonly image: string;
  /** As the fleet wishes it. */
  readonly visibility: string | undefined;
  /** As it was last seen: `owner/repository`. */
  readonly linkedTo: string | undefined;
  readonly actualVisibility: string | undefined;
  readonly existed: boolean;
}>;

export type VariableRecord = Recorded<{
  /** Absent for the organisation's. */
  readonly repository: string | undefined;
  readonly name: string;
  readonly value: string;
}>;

export type WorkflowPermissionsRecord = Recorded<{
  readonly repository: string;
  readonly token: string;
  readonly canApprove: boolean;
}>;

export type ActionsPermissionsRecord = Recorded<{
  readonly repository: string;
  readonly allowedActions: string | undefined;
  readonly pinningRequired: boolean;
  /** Where only selected actions may run. */
  readonly selected: SelectedActions | undefined;
}>;

export type EnvironmentRecord = Recorded<{
  readonly owner: string;
  readonly repository: string;
  readonly environment: string;
  /** Patterns of what may deploy to it. */
  readonly branches: readonly string[];
  readonly tags: readonly string[];
}>;

/** What the last update left, by the stack's own state. */
export interface StackRecord {
  readonly token:
    | {
        readonly hash: string;
        readonly owner: string;
        /** ISO-8601: when the stack was first given it, where the state tells. */
        readonly since: string | undefined;
      }
    | undefined;
  readonly secrets: readonly SecretRecord[];
  readonly files: readonly FilesRecord[];
  readonly packages: readonly PackageRecord[];
  readonly variables: readonly VariableRecord[];
  readonly workflowPermissions: readonly WorkflowPermissionsRecord[];
  readonly actionsPermissions: readonly ActionsPermissionsRecord[];
  readonly environments: readonly EnvironmentRecord[];
}

const deploymentSchema = z.object({
  resources: z
    .array(
      z.object({
        urn: z.string(),
        type: z.string(),
        outputs: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .nullish(),
});

const optionalText = z
  .string()
  .nullish()
  .transform((text) => text ?? undefined);

const tokenSchema = z
  .object({ hash: z.string(), owner: z.string(), firstSeenAt: z.string() })
  .transform(({ hash, owner, firstSeenAt }) => ({ hash, owner, since: firstSeenAt }));

const placeSchema = z.discriminatedUnion("scope", [
  z.object({ scope: z.literal("organization"), owner: z.string() }),
  z.object({ scope: z.literal("repository"), owner: z.string(), repository: z.string() }),
  z.object({
    scope: z.literal("environment"),
    owner: z.string(),
    repository: z.string(),
    environment: z.string(),
  }),
]);

const secretSchema = z
  .looseObject({
    name: z.string(),
    updatedAt: optionalText,
    /** The sealed box, which a refresh drops where it finds another secret. */
    box: optionalText,
    repositories: z.record(z.string(), z.int()).optional(),
  })
  .transform((outputs, context) => {
    const place = placeSchema.safeParse(outputs);
    if (!place.success) {
      context.addIssue("the secret's place is not known");
      return z.NEVER;
    }
    const { name, updatedAt, box, repositories } = outputs;
    const intact = box !== undefined;
    return { place: place.data, name, updatedAt, intact, repositories };
  });

const filesSchema = z.object({
  owner: z.string(),
  repository: z.string(),
  branch: z.string(),
  files: z.record(z.string(), z.string()),
  pullRequestUrl: optionalText,
});

const packageSchema = z.object({
  owner: z.string(),
  repository: z.string(),
  image: z.string(),
  visibility: optionalText,
  linkedTo: optionalText,
  actualVisibility: optionalText,
  existed: z.boolean().default(false),
});

const repositoryVariableSchema = z.object({
  repository: z.string(),
  name: z.string(),
  value: z.string(),
});

const organisationVariableSchema = z
  .object({ variableName: z.string(), value: z.string() })
  .transform(({ variableName: name, value }) => ({ repository: undefined, name, value }));

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
    allowedActions: optionalText,
    shaPinningRequired: z.boolean().nullish(),
    allowedActionsConfig: z
      .object({
        patternsAlloweds: z.array(z.string()).default([]),
        githubOwnedAllowed: z.boolean().default(true),
        verifiedAllowed: z.boolean().default(false),
      })
      .nullish(),
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

const environmentSchema = z.object({
  owner: z.string(),
  repository: z.string(),
  environment: z.string(),
  branches: z.array(z.string()).default([]),
  tags: z.array(z.string()).default([]),
});

/**
 * Reads what the stack wrote from an exported deployment. A resource of another shape, such as one
 * that a later version wrote, is passed over.
 *
 * @param deployment `deployment` of `pulumi stack export`
 */
export function stackRecord(deployment: unknown): StackRecord {
  const parsed = deploymentSchema.safeParse(deployment);
  const resources = (parsed.success && parsed.data.resources) || [];
  const read = <T extends z.ZodType>(type: string, schema: T): Recorded<z.output<T>>[] =>
    resources.flatMap((resource) => {
      if (resource.type !== type) return [];
      const { success, data } = schema.safeParse(resource.outputs);
      return success ? [{ ...(data as z.output<T> & object), urn: resource.urn }] : [];
    });
  const [token] = read("ghcr:index:RegistryToken", tokenSchema);
  return {
    token,
    secrets: read("ghcr:index:RegistrySecret", secretSchema),
    files: read("ghcr:index:WorkflowFiles", filesSchema),
    packages: read("ghcr:index:PackageAccess", packageSchema),
    variables: [
      ...read(
        "github:index/actionsOrganizationVariable:ActionsOrganizationVariable",
        organisationVariableSchema,
      ),
      ...read("ghcr:index:RegistryVariable", repositoryVariableSchema),
    ],
    workflowPermissions: read(
      "github:index/workflowRepositoryPermissions:WorkflowRepositoryPermissions",
      workflowPermissionsSchema,
    ),
    actionsPermissions: read(
      "github:index/actionsRepositoryPermissions:ActionsRepositoryPermissions",
      actionsPermissionsSchema,
    ),
    environments: read("ghcr:index:DeploymentEnvironment", environmentSchema),
  };
}
