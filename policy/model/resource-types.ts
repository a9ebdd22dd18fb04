/** Types of the ghcr provider. */
export const ghcr = {
  provider: "pulumi:providers:ghcr",
  token: "ghcr:index:RegistryToken",
  secret: "ghcr:index:RegistrySecret",
  publishing: "ghcr:index:RepositoryPublishing",
  shared: "ghcr:index:SharedWorkflow",
  settings: "ghcr:index:ActionsSettings",
} as const;

/** Types of Pulumi's GitHub provider: https://www.pulumi.com/registry/packages/github/ */
export const github = {
  provider: "pulumi:providers:github",
  file: "github:index/repositoryFile:RepositoryFile",
  actionsSecret: "github:index/actionsSecret:ActionsSecret",
  environmentSecret: "github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret",
  organizationSecret: "github:index/actionsOrganizationSecret:ActionsOrganizationSecret",
  dependabotSecret: "github:index/dependabotSecret:DependabotSecret",
  dependabotOrganizationSecret:
    "github:index/dependabotOrganizationSecret:DependabotOrganizationSecret",
  codespacesSecret: "github:index/codespacesSecret:CodespacesSecret",
  codespacesOrganizationSecret:
    "github:index/codespacesOrganizationSecret:CodespacesOrganizationSecret",
  codespacesUserSecret: "github:index/codespacesUserSecret:CodespacesUserSecret",
  repositoryWorkflowPermissions:
    "github:index/workflowRepositoryPermissions:WorkflowRepositoryPermissions",
  organizationWorkflowPermissions:
    "github:index/actionsOrganizationWorkflowPermissions:ActionsOrganizationWorkflowPermissions",
  repositoryActions: "github:index/actionsRepositoryPermissions:ActionsRepositoryPermissions",
  organizationActions: "github:index/actionsOrganizationPermissions:ActionsOrganizationPermissions",
} as const;

/** Secrets that a workflow can read. */
export const githubActionsSecrets: readonly string[] = [
  github.actionsSecret,
  github.environmentSecret,
  github.organizationSecret,
];

/** All types whose purpose is to hold a secret. */
export const githubSecrets: readonly string[] = [
  ...githubActionsSecrets,
  github.dependabotSecret,
  github.dependabotOrganizationSecret,
  github.codespacesSecret,
  github.codespacesOrganizationSecret,
  github.codespacesUserSecret,
];

/** The stack itself: its outputs are complete only after an update. */
export const stackType = "pulumi:pulumi:Stack";
