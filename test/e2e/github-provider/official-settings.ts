import * as github from "@pulumi/github";
import type { Options } from "./official-stack.ts";

/** What changes between two updates. */
interface Wanted {
  secret: string;
  approvals: number;
  tier: string;
}

/** The id of a repository. */
type IdOf = (name: string) => number;

/** Secrets of Dependabot and Codespaces. */
export function declareSecrets({ secret: value }: Wanted, idOf: IdOf, options: Options): void {
  const repository = "web";
  new github.DependabotSecret("dependabot", { repository, secretName: "GHCR_PAT", value }, options);
  new github.DependabotOrganizationSecret(
    "dependabot-private",
    { secretName: "PRIVATE", visibility: "private", value },
    options,
  );
  const [listed, one] = ["LISTED", "ONE"].map(
    (secretName) =>
      new github.DependabotOrganizationSecret(
        `dependabot-${secretName}`,
        { secretName, visibility: "selected", value },
        { ...options, ignoreChanges: ["selectedRepositoryIds"] },
      ),
  );
  new github.DependabotOrganizationSecretRepositories(
    "dependabot-repositories",
    { secretName: listed!.secretName, selectedRepositoryIds: [idOf("web"), idOf("api")] },
    options,
  );
  new github.DependabotOrganizationSecretRepository(
    "dependabot-repository",
    { secretName: one!.secretName, repositoryId: idOf("web") },
    options,
  );
  // The provider replaces a secret of Codespaces whose value changes.
  const replaced = { ...options, deleteBeforeReplace: true };
  new github.CodespacesSecret(
    "codespaces",
    { repository, secretName: "GHCR_PAT", plaintextValue: value },
    replaced,
  );
  const codespaces = new github.CodespacesOrganizationSecret(
    "codespaces-shared",
    { secretName: "SHARED", visibility: "selected", plaintextValue: value },
    { ...replaced, ignoreChanges: ["selectedRepositoryIds"] },
  );
  new github.CodespacesOrganizationSecretRepositories(
    "codespaces-repositories",
    { secretName: codespaces.secretName, selectedRepositoryIds: [idOf("web")] },
    options,
  );
}

/** Rulesets of an organisation, by names and by ids. */
export function declareRulesets({ approvals }: Wanted, idOf: IdOf, options: Options): void {
  new github.OrganizationRuleset(
    "by-name",
    {
      name: "by name",
      target: "branch",
      enforcement: "active",
      conditions: {
        refName: { includes: ["~DEFAULT_BRANCH"], excludes: [] },
        repositoryName: { includes: ["~ALL"], excludes: ["legacy-*"] },
      },
      bypassActors: [{ actorType: "OrganizationAdmin", actorId: 1, bypassMode: "always" }],
      rules: {
        deletion: true,
        nonFastForward: true,
        pullRequest: { requiredApprovingReviewCount: approvals },
        requiredStatusChecks: { requiredChecks: [{ context: "ci" }] },
      },
    },
    options,
  );
  new github.OrganizationRuleset(
    "by-id",
    {
      name: "by id",
      target: "branch",
      enforcement: "disabled",
      conditions: {
        refName: { includes: ["refs/heads/release/*"], excludes: [] },
        repositoryIds: [idOf("web"), idOf("api")],
      },
      rules: { requiredLinearHistory: true, requiredSignatures: true, update: true },
    },
    options,
  );
}

/** Properties, their values, and a ruleset that uses them. */
export function declareProperties({ tier: tierOfWeb }: Wanted, options: Options): void {
  const repository = "web";
  const tier = new github.OrganizationCustomProperties(
    "tier",
    {
      propertyName: "tier",
      valueType: "single_select",
      allowedValues: ["gold", "silver"],
      required: true,
      defaultValue: "gold",
      description: `For ${tierOfWeb}`,
    },
    options,
  );
  const platforms = new github.OrganizationCustomProperties(
    "platforms",
    {
      propertyName: "platforms",
      valueType: "multi_select",
      allowedValues: ["amd64", "arm64"],
      valuesEditableBy: "org_and_repo_actors",
    },
    options,
  );
  new github.RepositoryCustomProperty(
    "tier-of-web",
    {
      repository,
      propertyName: tier.propertyName,
      propertyType: "single_select",
      propertyValues: [tierOfWeb],
    },
    options,
  );
  new github.RepositoryCustomProperty(
    "platforms-of-web",
    {
      repository,
      propertyName: platforms.propertyName,
      propertyType: "multi_select",
      propertyValues: ["amd64", "arm64"],
    },
    options,
  );
  new github.OrganizationRuleset(
    "by-property",
    {
      name: "by property",
      target: "branch",
      enforcement: "active",
      conditions: {
        refName: { includes: ["~ALL"], excludes: [] },
        repositoryProperty: {
          includes: [{ name: tier.propertyName, propertyValues: [tierOfWeb] }],
          excludes: [{ name: platforms.propertyName, propertyValues: ["s390x"] }],
        },
      },
      rules: { nonFastForward: true },
    },
    options,
  );
  // Requested after there is something to find.
  github.getOrganizationCustomPropertiesOutput({ propertyName: tier.propertyName }, options);
  github.getRepositoryCustomPropertiesOutput({ repository }, options);
}

/** An organisation's settings for Actions. */
export function declareActions(idOf: IdOf, options: Options): void {
  const includeClaimKeys = ["repo", "context", "job_workflow_ref"];
  new github.ActionsOrganizationOidcSubjectClaimCustomizationTemplate(
    "subjects",
    { includeClaimKeys },
    options,
  );
  new github.ActionsRepositoryOidcSubjectClaimCustomizationTemplate(
    "subjects-of-web",
    { repository: "web", useDefault: false, includeClaimKeys },
    options,
  );
  new github.ActionsOrganizationPermissions(
    "permissions",
    {
      allowedActions: "selected",
      enabledRepositories: "selected",
      allowedActionsConfig: { githubOwnedAllowed: true, patternsAlloweds: ["docker/*"] },
      enabledRepositoriesConfig: { repositoryIds: [idOf("web")] },
    },
    options,
  );
  new github.ActionsOrganizationWorkflowPermissions(
    "workflow-permissions",
    { organizationSlug: "acme", defaultWorkflowPermissions: "read" },
    options,
  );
}

/** The data sources for them. */
export async function readSettings(options: Options): Promise<void> {
  const repository = "web";
  await Promise.all([
    github.getActionsOrganizationOidcSubjectClaimCustomizationTemplate(options),
    github.getActionsRepositoryOidcSubjectClaimCustomizationTemplate({ name: repository }, options),
    github.getDependabotPublicKey({ repository }, options),
    github.getDependabotSecrets({ name: repository }, options),
    github.getDependabotOrganizationPublicKey(options),
    github.getDependabotOrganizationSecrets(options),
    github.getCodespacesPublicKey({ repository }, options),
    github.getCodespacesSecrets({ name: repository }, options),
    github.getCodespacesOrganizationPublicKey(options),
    github.getCodespacesOrganizationSecrets(options),
  ]);
}
