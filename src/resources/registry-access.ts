// Not from the index: an ES module that imports it loads all of its 160 modules, though the index itself loads them late.
import { ActionsOrganizationVariable } from "@pulumi/github/actionsOrganizationVariable.js";
import * as pulumi from "@pulumi/pulumi";
import { RandomInteger } from "@pulumi/random/randomInteger.js";
import { RandomPet } from "@pulumi/random/randomPet.js";
import { withPat, type Fleet, type FleetRepository } from "../fleet/fleet.ts";
import { UserError } from "../user-error.ts";
import type { PatTrial } from "./find-trial.ts";
import type { GhcrProvider } from "./ghcr-provider.ts";
import { RegistrySecret, RegistryToken } from "./ghcr-resources.ts";
import { declareCredential, usernameVariable } from "./repository-credential.ts";
import { valueOrNull } from "./settled.ts";

export interface RegistryAccessArgs {
  fleet: Fleet;
  /** The publishing PAT; it may be absent where every repository publishes with the job's own token. */
  pat?: pulumi.Output<string> | undefined;
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
  /** Ids of those of them that share it until their branch has a job that gets the secret of their environment. */
  undeployed?: ReadonlySet<number> | undefined;
  /** Names of the repositories of later waves, which this update leaves alone. */
  later?: ReadonlySet<string> | undefined;
}

/**
 * The credential with which the fleet publishes: the inspected token, and the secrets of the organisation
 * and of repositories.
 */
export class RegistryAccess extends pulumi.ComponentResource {
  /** Absent without a PAT. */
  readonly token: RegistryToken | undefined;
  /** The new token during a rotation, inspected like the other. */
  readonly nextToken: RegistryToken | undefined;
  /** New in each rotation, and constant between rotations; absent without a PAT. */
  readonly rotation: pulumi.Output<string> | undefined;
  /**
   * The organisation's secret and variable; none where no repository uses them. Later where only repositories that
   * move to a secret of their own may still use them.
   */
  readonly shared: readonly pulumi.Resource[] | Promise<readonly pulumi.Resource[]>;
  /** The minute of the hour at which scheduled workflows run, chosen once. */
  readonly watchMinute: pulumi.Output<number>;
  readonly #undeployed: ReadonlySet<number>;
  readonly #own = new Map<string, readonly pulumi.CustomResource[]>();
  readonly #declareOwn: (repository: FleetRepository) => readonly pulumi.CustomResource[];

  constructor(
    name: string,
    args: RegistryAccessArgs,
    opts: pulumi.ComponentResourceOptions & { provider: GhcrProvider },
  ) {
    if (!args.pat) assertNoneUses(args.fleet);
    super("ghcr-fleet:index:RegistryAccess", name, {}, opts);
    const child = { parent: this };

    const { fleet, pat, trial, undeployed = new Set() } = args;
    this.#undeployed = undeployed;
    const rules = { owner: args.username, maxDays: args.maxTokenDays };
    const token = pat && new RegistryToken("publisher", { value: pat, ...rules }, child);
    this.token = token;
    this.nextToken =
      trial && new RegistryToken("next-publisher", { value: trial.pat, ...rules }, child);
    const { nextToken } = this;
    this.rotation =
      token && new RandomPet("rotation", { keepers: { token: token.hash }, length: 2 }, child).id;
    // Many scheduled workflows run on the hour: GitHub delays and drops runs then.
    // https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#schedule
    this.watchMinute = new RandomInteger(
      "watch-minute",
      { min: 3, max: 57, keepers: { owner: args.fleet.owner } },
      child,
    ).result;
    const credential = pat && token && { pat, token };
    this.#declareOwn = (repository) =>
      credential
        ? declareCredential(
            {
              fleet,
              repository,
              present: this.credentialOf(repository),
              ...credential,
              trial,
              nextToken,
            },
            opts,
          )
        : [];
    this.shared = credential ? this.#declareShared(args, credential) : [];
    this.registerOutputs({ token: token?.hash, rotation: this.rotation });
  }

  /**
   * The organisation's secret reaches the repositories that share it, those that move to a secret of their own
   * until it is written and their branch uses it, and those that move to the job's own token until their wave. Where writing fails, or
   * belongs to a later wave, the repository keeps this one. It is waited for here because the engine would
   * remember a dependency, and exclude the organisation's secret from waves together with the repository.
   */
  #declareShared(args: RegistryAccessArgs, credential: Credential): RegistryAccess["shared"] {
    const { fleet, reached, later } = args;
    const isSharing = (each: FleetRepository) => this.credentialOf(each) === "organization";
    const declare = (users: pulumi.Input<Users>) =>
      shareWithOrganization(args, credential, users, this);
    const moving = pulumi.runtime.isDryRun()
      ? []
      : fleet.repositories
          .filter((each) => !isSharing(each) && reached?.has(each.id))
          .map((repository) => ({ repository, own: this.ownOf(repository) }));
    const staying = moving.filter(
      ({ repository, own }) => own.length === 0 && later?.has(repository.name),
    );
    const sure = [
      ...fleet.repositories.filter(isSharing),
      ...staying.map(({ repository }) => repository),
    ];
    const unsure = moving.filter(({ own }) => own.length > 0);
    if (unsure.length === 0) return sure.length === 0 ? [] : declare(toUsers(sure));
    const users = withoutOwn(unsure).then((left) => toUsers([...sure, ...left]));
    if (sure.length > 0) return declare(users);
    // Where nobody uses it any more, the engine deletes it at the end of this update.
    return users.then((found) => (Object.keys(found).length === 0 ? [] : declare(found)));
  }

  /** With what the repository publishes until the next update: the organisation's secret, where it has to keep that. */
  credentialOf({ id, credential }: FleetRepository): FleetRepository["credential"] {
    return this.#undeployed.has(id) ? "organization" : credential;
  }

  /** What a repository has of its own; declared when it is asked for, because a fleet may have thousands. */
  ownOf(repository: FleetRepository): readonly pulumi.CustomResource[] {
    const own = this.#own.get(repository.name) ?? this.#declareOwn(repository);
    this.#own.set(repository.name, own);
    return own;
  }
}

function assertNoneUses({ repositories }: Fleet): void {
  const [first] = withPat(repositories);
  if (first) throw new UserError(`pat is missing, and ${first.name} publishes with it`);
}

interface Credential {
  readonly pat: pulumi.Output<string>;
  /** What GitHub says of it. */
  readonly token: RegistryToken;
}

/** Name to id. */
type Users = Readonly<Record<string, number>>;

function toUsers(repositories: readonly FleetRepository[]): Users {
  return Object.fromEntries(repositories.map(({ name, id }) => [name, id]));
}

/** The repositories of which something could not be written, or belongs to another wave. */
async function withoutOwn(
  moving: readonly { repository: FleetRepository; own: readonly pulumi.CustomResource[] }[],
): Promise<FleetRepository[]> {
  const left = moving.map(async ({ repository, own }) => {
    const ids = await Promise.all(own.map(({ id }) => valueOrNull(id)));
    return ids.includes(null) ? [repository] : [];
  });
  return (await Promise.all(left)).flat();
}

function shareWithOrganization(
  { fleet, variableExists = false }: RegistryAccessArgs,
  { pat, token }: Credential,
  users: pulumi.Input<Users>,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const { owner, secret } = fleet;
  const repositories = pulumi.output(users);
  const shared = new RegistrySecret(
    secret.name,
    { scope: "organization", owner, name: secret.name, repositories, value: pat },
    // A refused PAT must not be written either.
    { parent, dependsOn: [token] },
  );
  const variable = new ActionsOrganizationVariable(
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
