import type * as pulumi from "@pulumi/pulumi";
import {
  buildsOf,
  declaredSettings,
  type Fleet,
  type FleetRepository as Repository,
} from "../fleet/fleet.ts";
import { renderRepository } from "../publishing/templates/render-repository.ts";
import type { CentralRepository } from "./central-repository.ts";
import type { PatTrial } from "./find-trial.ts";
import type { GhcrProvider } from "./ghcr-provider.ts";
import { ActionsSettings, RepositoryPublishing } from "./ghcr-resources.ts";
import type { RegistryAccess } from "./registry-access.ts";
import { formerly, triesNext } from "./repository-credential.ts";

export interface FleetRepositoryArgs {
  fleet: Pick<Fleet, "host" | "owner" | "registry" | "secret" | "shared" | "expectedWorkflows">;
  repository: Repository;
  /** Where the shared workflow is, for repositories that call it. */
  central?: CentralRepository | undefined;
  access: RegistryAccess;
  /** The publishing PAT, where there is one. */
  pat?: pulumi.Output<string> | undefined;
  /** The login that owns it, for messages. */
  username?: string | undefined;
  /** The PAT that comes next, and who tries it. */
  trial?: PatTrial | undefined;
}

/**
 * One repository of the fleet: its settings, and how it publishes.
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
    const { fleet, repository, access, pat, trial } = args;
    const { owner, secret, expectedWorkflows } = fleet;
    const central = repository.form === "shared" ? args.central : undefined;
    const tried = triesNext(repository, trial) ? trial?.pat : undefined;
    this.repository = repository;
    this.settings = manageSettings(fleet, repository, opts);
    const own = access.ownOf(repository);
    this.templates = renderRepository(fleet, repository);
    const [first = repository, ...further] = buildsOf(repository);
    const { name, branch, images, workflows, delivery, pullRequests, onRemove } = repository;
    const { mode, replaceSecrets, deadPatFallback, newerPins, lockfile } = workflows;
    // The commit starts a run: by then the credential must be in reach. It does not wait for the settings:
    // the workflows state their own permissions, and a setting that GitHub refuses must not keep the files
    // from the repository. Where the state has a dependency on the organisation's secret, the engine needs
    // that one to be declared first.
    const before = Promise.resolve(access.shared).then((shared) => [
      ...shared,
      ...own,
      ...(central?.all ?? []),
    ]);
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
        ...(repository.credential === "environment" && { environment: secret.environment }),
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
        ...(expectedWorkflows.length > 0 && { expectedWorkflows: [...expectedWorkflows] }),
        ...repository.package,
        username: args.username,
        // The fleet's PAT says nothing about what the job's own token may push.
        ...(repository.credential !== "job-token" && pat && { credential: tried ?? pat }),
      },
      {
        ...opts,
        dependsOn: before,
        ...formerly("ghcr:index:WorkflowFiles", name),
      },
    );
  }
}

/** The settings that the fleet declares for the repository; none where it leaves all as they are. */
function manageSettings(
  { owner }: Pick<Fleet, "owner">,
  { name, actions }: Repository,
  opts: pulumi.CustomResourceOptions,
): ActionsSettings | undefined {
  const declared = declaredSettings(actions);
  const place = { owner, repository: name };
  return declared && new ActionsSettings(`${name}/actions`, { ...place, ...declared }, opts);
}
