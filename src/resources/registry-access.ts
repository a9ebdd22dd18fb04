import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { sharingSecret, type Fleet, type FleetRepository } from "../fleet/fleet.ts";
import type { PatTrial } from "./find-trial.ts";
import type { GhcrProvider } from "./ghcr-provider.ts";
import { RegistrySecret, RegistryToken } from "./ghcr-resources.ts";
import { declareCredential, usernameVariable } from "./repository-credential.ts";
import { valueOrNull } from "./settled.ts";

export interface RegistryAccessArgs {
  fleet: Fleet;
  /** The publishing PAT. */
  pat: pulumi.Output<string>;
  /** The new PAT during a rotation. */
  trial?: PatTrial | undefined;
  /** The login that must own the PAT. */
  username?: string | undefined;
  /** The maximum number of days that the PAT may still be valid. */
  maxTokenDays: number;
  /** Whether the organisation has the variable already, see {@link usernameVariable}. */
  variableExists?: boolean | undefined;
  /** Ids of the repositories that the organisation's secret reaches now. */
  reached?: ReadonlySet<number> | undefined;
}

/**
 * The credential with which the fleet publishes: the inspected token, and the secrets of the organisation
 * and of repositories.
 */
export class RegistryAccess extends pulumi.ComponentResource {
  readonly token: RegistryToken;
  /** The new token during a rotation, inspected like the other. */
  readonly nextToken: RegistryToken | undefined;
  /** New in each rotation, and constant between rotations. */
  readonly rotation: pulumi.Output<string>;
  /** The organisation's secret and variable; none where no repository uses them. */
  readonly shared: readonly pulumi.Resource[];
  /** The minute of the hour at which scheduled workflows run, chosen once. */
  readonly watchMinute: pulumi.Output<number>;
  readonly #own = new Map<string, readonly pulumi.CustomResource[]>();
  readonly #declareOwn: (repository: FleetRepository) => readonly pulumi.CustomResource[];

  constructor(
    name: string,
    args: RegistryAccessArgs,
    opts: pulumi.ComponentResourceOptions & { provider: GhcrProvider },
  ) {
    super("ghcr-fleet:index:RegistryAccess", name, {}, opts);
    const child = { parent: this };

    const rules = { owner: args.username, maxDays: args.maxTokenDays };
    this.token = new RegistryToken("publisher", { value: args.pat, ...rules }, child);
    this.nextToken =
      args.trial && new RegistryToken("next-publisher", { value: args.trial.pat, ...rules }, child);
    this.rotation = new random.RandomPet(
      "rotation",
      { keepers: { token: this.token.hash }, length: 2 },
      child,
    ).id;
    // Many scheduled workflows run on the hour: GitHub delays and drops runs then.
    // https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#schedule
    this.watchMinute = new random.RandomInteger(
      "watch-minute",
      { min: 3, max: 57, keepers: { owner: args.fleet.owner } },
      child,
    ).result;
    const { fleet, pat, trial, reached } = args;
    const { token, nextToken } = this;
    this.#declareOwn = (repository) =>
      declareCredential({ fleet, repository, pat, token, trial, nextToken }, opts);
    const moving = fleet.repositories
      .filter(({ id, credential }) => credential !== "organization" && reached?.has(id))
      .map((repository) => ({ repository, own: this.ownOf(repository) }));
    const users = usersOfShared(sharingSecret(fleet.repositories), moving);
    this.shared = shareWithOrganization(args, token, users, this);
    this.registerOutputs({ token: this.token.hash, rotation: this.rotation });
  }

  /** What a repository has of its own; declared when it is asked for, because a fleet may have thousands. */
  ownOf(repository: FleetRepository): readonly pulumi.CustomResource[] {
    const own = this.#own.get(repository.name) ?? this.#declareOwn(repository);
    this.#own.set(repository.name, own);
    return own;
  }
}

type Users = Readonly<Record<string, number>>;

/**
 * Name to id of the repositories that the organisation's secret has to reach: those that share it, and those
 * that move to a secret of their own until it is written. Where that fails, or belongs to a later wave,
 * the repository keeps this one. It is waited for here because the engine would remember a dependency, and
 * exclude the organisation's secret from waves together with the repository.
 *
 * @returns nothing where no repository shares it
 */
function usersOfShared(
  sharing: readonly FleetRepository[],
  moving: readonly { repository: FleetRepository; own: readonly pulumi.CustomResource[] }[],
): pulumi.Input<Users> | undefined {
  if (sharing.length === 0) return undefined;
  const toUsers = (repositories: readonly FleetRepository[]) =>
    Object.fromEntries(repositories.map(({ name, id }) => [name, id]));
  if (moving.length === 0 || pulumi.runtime.isDryRun()) return toUsers(sharing);
  const waiting = moving.map(async ({ repository, own }) => {
    const ids = await Promise.all(own.map(({ id }) => valueOrNull(id)));
    return ids.includes(null) ? [repository] : [];
  });
  return Promise.all(waiting).then((left) => toUsers([...sharing, ...left.flat()]));
}

function shareWithOrganization(
  { fleet, pat, variableExists = false }: RegistryAccessArgs,
  token: RegistryToken,
  users: pulumi.Input<Users> | undefined,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const { owner, secret } = fleet;
  if (users === undefined) return [];
  const repositories = pulumi.output(users);
  const shared = new RegistrySecret(
    secret.name,
    { scope: "organization", owner, name: secret.name, repositories, value: pat },
    // A refused PAT must not be written either.
    { parent, dependsOn: [token] },
  );
  const variable = new github.ActionsOrganizationVariable(
    usernameVariable,
    {
      variableName: usernameVariable,
      value: token.owner,
      visibility: "selected",
      selectedRepositoryIds: repositories.apply((found) => Object.values(found)),
    },
    // GitHub refuses to create it twice. If a run was killed, or the answer to the first attempt was
    // lost, it is missing in the state: then it is imported. Otherwise nothing changes.
    // https://www.pulumi.com/docs/iac/concepts/resources/options/import/
    { parent, ...(variableExists && { import: usernameVariable }) },
  );
  return [shared, variable];
}
