import * as pulumi from "@pulumi/pulumi";
import { buildsOf, type Fleet, type FleetRepository as Repository } from "../fleet/fleet.ts";
import { renderRepository } from "../publishing/templates/render-repository.ts";
import type { CentralRepository } from "./central-repository.ts";
import type { PatTrial } from "./find-trial.ts";
import type { GhcrProvider } from "./ghcr-provider.ts";
import {
  ActionsSettings,
  DeploymentEnvironment,
  RegistrySecret,
  RegistryVariable,
  RepositoryPublishing,
} from "./ghcr-resources.ts";
import { usernameVariable, type RegistryAccess } from "./registry-access.ts";

export interface FleetRepositoryArgs {
  fleet: Pick<Fleet, "host" | "owner" | "registry" | "secret" | "shared">;
  repository: Repository;
  /** Where the shared workflow is, for repositories that call it. */
  central?: CentralRepository | undefined;
  access: RegistryAccess;
  /** The publishing PAT. */
  pat: pulumi.Output<string>;
  /** The login that owns it, for messages. */
  username?: string | undefined;
  /** The PAT that comes next, and who tries it. */
  trial?: PatTrial | undefined;
}

/**
 * One repository of the fleet: its settings, its secret where it has an own one, and how it publishes.
 *
 * This is no component, because the engine writes the whole state for each resource: a fleet costs one
 * resource a repository. Names of what else a repository has begin with its name and a slash.
 */
export class FleetRepository {
  readonly repository: Repository;
  readonly publishing: RepositoryPublishing;
  /** Absent where the fleet leaves all settings as they are. */
  readonly settings: ActionsSettings | undefined;
  /** What the templates would write: path to text. */
  readonly templates: Readonly<Record<string, string>>;

  constructor(
    args: FleetRepositoryArgs,
    opts: pulumi.CustomResourceOptions & { provider: GhcrProvider },
  ) {
    const { fleet, repository, access } = args;
    const { owner, secret } = fleet;
    const central = repository.form === "shared" ? args.central : undefined;
    const { pat } = credentialOf(args);
    this.repository = repository;
    this.settings = manageSettings(fleet, repository, opts);
    const credential = manageSecret(args, opts);
    this.templates = renderRepository(fleet, repository);
    const [first = repository, ...further] = buildsOf(repository);
    const { name, branch, images, workflows, delivery, pullRequests, onRemove } = repository;
    const { mode, replaceSecrets, deadPatFallback, newerPins, lockfile } = workflows;
    this.publishing = new RepositoryPublishing(
      name,
      {
        owner,
        repository: name,
        branch,
        mode,
        files: this.templates,
        ...(central && { shared: central.called }),
        secret: secret.name,
        replaceSecrets: [...replaceSecrets],
        deadPatFallback,
        newerPins,
        lockfile,
        delivery,
        ...(pullRequests && { pullRequests }),
        onRemove,
        image: first.image,
        ...(further.length > 0 && {
          furtherImages: further.map(({ image }) => image),
          furtherDockerfiles: further.map(({ dockerfile }) => dockerfile),
        }),
        ...(images.instead && { images: [...images.instead] }),
        addImages: [...images.add],
        dockerfile: first.dockerfile,
        ...repository.package,
        username: args.username,
        credential: pat,
      },
      {
        ...opts,
        // The commit starts a run: by then the credential must be in reach. It does not wait for the secret
        // of a trial, which goes again, nor for the settings: the workflows state their own permissions,
        // and a setting that GitHub refuses must not keep the files from the repository.
        dependsOn: [
          ...(access.shared.length > 0 ? access.shared : credential),
          ...(central?.all ?? []),
        ],
        ...formerly("ghcr:index:WorkflowFiles", name),
      },
    );
  }
}

/** In earlier versions a component held the resources of a repository. */
function formerly(type: string, name: string): Pick<pulumi.CustomResourceOptions, "aliases"> {
  const place = `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}`;
  return { aliases: [`${place}::ghcr-fleet:index:FleetRepository$${type}::${name}`] };
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
  opts: pulumi.CustomResourceOptions,
): ActionsSettings | undefined {
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
  const place = { owner, repository: name };
  return new ActionsSettings(`${name}/actions`, { ...place, ...declared }, opts);
}

/** @returns what the commit has to wait for; nothing where all repositories share a secret */
function manageSecret(
  args: FleetRepositoryArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const { fleet, repository } = args;
  const { pat, token, tokens, isTrial } = credentialOf(args);
  const { owner, secret } = fleet;
  const { name, branch } = repository;
  const common = { owner, repository: name, name: secret.name, value: pat };
  const afterTokens = { ...opts, dependsOn: tokens };
  const logicalName = `${name}/${secret.name}`;
  const formerSecret = formerly("ghcr:index:RegistrySecret", logicalName);
  const ofRepository = () =>
    new RegistrySecret(
      logicalName,
      { scope: "repository", ...common },
      { ...afterTokens, ...formerSecret },
    );
  // It shadows the organisation's as long as the trial goes on.
  if (secret.scope === "organization") return isTrial ? [ofRepository()] : [];
  const variable = new RegistryVariable(
    `${name}/${usernameVariable}`,
    { owner, repository: name, name: usernameVariable, value: token.owner },
    {
      ...afterTokens,
      ...formerly("ghcr:index:RegistryVariable", `${name}/${usernameVariable}`),
    },
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
        { ...opts, ...formerly("ghcr:index:DeploymentEnvironment", `${name}/${environment}`) },
      );
      return [
        variable,
        new RegistrySecret(
          logicalName,
          { scope: "environment", environment, ...common },
          { ...opts, dependsOn: [...tokens, created], ...formerSecret },
        ),
      ];
    }
  }
}

/** As release.yml takes them: `v1.2.3` and `1.2.3`. */
const versionTags = ["[0-9]*", "v[0-9]*"];
