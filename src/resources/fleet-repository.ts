import * as pulumi from "@pulumi/pulumi";
import type { Fleet, FleetRepository as Repository } from "../fleet/fleet.ts";
import { renderRepository } from "../publishing/templates/render-repository.ts";
import type { PatTrial } from "./find-trial.ts";
import type { GhcrProvider } from "./ghcr-provider.ts";
import {
  ActionsSettings,
  DeploymentEnvironment,
  PackageAccess,
  RegistrySecret,
  RegistryVariable,
  WorkflowFiles,
  ifPresent,
} from "./ghcr-resources.ts";
import { usernameVariable, type RegistryAccess } from "./registry-access.ts";

export interface FleetRepositoryArgs {
  fleet: Pick<Fleet, "owner" | "secret">;
  repository: Repository;
  access: RegistryAccess;
  /** The publishing PAT, for secrets below the organisation. */
  pat: pulumi.Output<string>;
  /** The PAT that comes next, and who tries it. */
  trial?: PatTrial | undefined;
}

/** One repository of the fleet: its settings, its secret where it has an own one, its workflows. */
export class FleetRepository extends pulumi.ComponentResource {
  readonly repository: Repository;
  readonly package: PackageAccess;
  readonly workflows: WorkflowFiles;
  /** Absent where the fleet leaves all settings as they are. */
  readonly settings: ActionsSettings | undefined;
  /** What the templates would write: path to text. */
  readonly templates: Readonly<Record<string, string>>;

  constructor(
    args: FleetRepositoryArgs,
    opts: pulumi.ComponentResourceOptions & { provider: GhcrProvider },
  ) {
    const { fleet, repository, access } = args;
    const { pat, token, tokens } = credentialOf(args);
    super("ghcr-fleet:index:FleetRepository", repository.name, {}, opts);

    this.repository = repository;
    this.settings = manageSettings(fleet, repository, this);
    const credential = manageSecret(args, this);
    this.templates = renderRepository(fleet, repository);
    const publishing = publishingOf(fleet, repository, this.templates);
    this.package = new PackageAccess(
      repository.name,
      {
        owner: fleet.owner,
        repository: repository.name,
        image: repository.image,
        ...(repository.images.instead && { images: [...repository.images.instead] }),
        addImages: [...repository.images.add],
        publishing,
        ...repository.package,
        username: token.owner,
        credential: pat,
      },
      { parent: this, dependsOn: tokens },
    );
    // The commit starts a run: by then the credential must be in reach. It does not wait for the
    // settings: the workflows state their own permissions, and a setting that GitHub refuses must not
    // keep the files from the repository.
    const { delivery, onRemove } = repository;
    this.workflows = new WorkflowFiles(
      repository.name,
      { owner: fleet.owner, repository: repository.name, ...publishing, delivery, onRemove },
      { parent: this, dependsOn: [access, this.package, ...credential] },
    );
    this.registerOutputs({ commit: ifPresent(this.workflows.commitUrl) });
  }
}

/** How the repository comes to publish. */
function publishingOf(
  { secret }: Pick<Fleet, "secret">,
  { branch, workflows: { mode, replaceSecrets, deadPatFallback } }: Repository,
  files: Readonly<Record<string, string>>,
) {
  return {
    branch,
    mode,
    files,
    secret: secret.name,
    replaceSecrets: [...replaceSecrets],
    deadPatFallback,
  };
}

/**
 * What the repository publishes with: the next PAT where it tries that one.
 *
 * What uses a token comes after all of `tokens`. A targeted update keeps, of what it leaves alone, the
 * dependencies that the state has: in a trial, those are on the PAT before. Were they registered
 * earlier than that, the engine would write a state in another order than it accepts.
 */
function credentialOf({ repository, access, pat, trial }: FleetRepositoryArgs) {
  const tries = trial?.repositories.has(repository.name) ?? false;
  return tries && trial && access.nextToken
    ? {
        pat: trial.pat,
        token: access.nextToken,
        tokens: [access.token, access.nextToken],
        isTrial: true,
      }
    : { pat, token: access.token, tokens: [access.token], isTrial: false };
}

/** The settings that the fleet declares for the repository; none where it leaves all as they are. */
function manageSettings(
  { owner }: Pick<Fleet, "owner">,
  repository: Repository,
  parent: pulumi.Resource,
) {
  const { tokenPermissions, requirePinnedActions, allowed } = repository.actions;
  const declared = {
    ...(tokenPermissions && {
      defaultWorkflowPermissions: tokenPermissions,
      canApprovePullRequestReviews: false,
    }),
    ...(requirePinnedActions !== undefined && { shaPinningRequired: requirePinnedActions }),
    ...(allowed && {
      allowedActions: { patterns: [...allowed], githubOwned: true, verified: false },
    }),
  };
  if (Object.keys(declared).length === 0) return undefined;
  const { name } = repository;
  return new ActionsSettings(name, { owner, repository: name, ...declared }, { parent });
}

function manageSecret(args: FleetRepositoryArgs, parent: pulumi.Resource): pulumi.Resource[] {
  const { fleet, repository } = args;
  const { pat, token, tokens, isTrial } = credentialOf(args);
  const { owner, secret } = fleet;
  const { name, branch } = repository;
  const common = { owner, repository: name, name: secret.name, value: pat };
  const opts = { parent, dependsOn: tokens };
  const logicalName = `${name}/${secret.name}`;
  const ofRepository = () =>
    new RegistrySecret(logicalName, { scope: "repository", ...common }, opts);
  // It shadows the organisation's as long as the trial goes on.
  if (secret.scope === "organization") return isTrial ? [ofRepository()] : [];
  const variable = new RegistryVariable(
    `${name}/${usernameVariable}`,
    { owner, repository: name, name: usernameVariable, value: token.owner },
    opts,
  );
  switch (secret.scope) {
    case "repository":
      return [variable, ofRepository()];
    case "environment": {
      const { environment } = secret;
      const created = new DeploymentEnvironment(
        `${name}/${environment}`,
        // Releases come from versions; a dispatch may come from the branch.
        { owner, repository: name, environment, branches: [branch], tags: versionTags },
        { parent },
      );
      return [
        variable,
        new RegistrySecret(
          logicalName,
          { scope: "environment", environment, ...common },
          { parent, dependsOn: [...tokens, created] },
        ),
      ];
    }
  }
}

/** As release.yml takes them: `v1.2.3` and `1.2.3`. */
const versionTags = ["[0-9]*", "v[0-9]*"];
