import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Fleet } from "../fleet/fleet.ts";
import type { PatTrial } from "./find-trial.ts";
import type { GhcrProvider } from "./ghcr-provider.ts";
import { RegistrySecret, RegistryToken } from "./ghcr-resources.ts";

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
}

/** The variable from which the workflows read the PAT's owner. */
export const usernameVariable = "GHCR_USERNAME";

/**
 * The credential with which the fleet publishes: the inspected token, and the organisation's secret.
 */
export class RegistryAccess extends pulumi.ComponentResource {
  readonly token: RegistryToken;
  /** The new token during a rotation, inspected like the other. */
  readonly nextToken: RegistryToken | undefined;
  /** New in each rotation, and constant between rotations. */
  readonly rotation: pulumi.Output<string>;
  /** The organisation's secret and variable; none where each repository has its own. */
  readonly shared: readonly pulumi.Resource[];
  /** The minute of the hour at which scheduled workflows run, chosen once. */
  readonly watchMinute: pulumi.Output<number>;

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
    const isShared = args.fleet.secret.scope === "organization";
    this.shared = isShared ? shareWithOrganization(args, this.token, this) : [];
    this.registerOutputs({ token: this.token.hash, rotation: this.rotation });
  }
}

function shareWithOrganization(
  { fleet, pat, variableExists = false }: RegistryAccessArgs,
  token: RegistryToken,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const { owner, secret } = fleet;
  const repositories = Object.fromEntries(fleet.repositories.map(({ name, id }) => [name, id]));
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
      selectedRepositoryIds: Object.values(repositories),
    },
    // GitHub refuses to create it twice. If a run was killed, or the answer to the first attempt was
    // lost, it is missing in the state: then it is imported. Otherwise nothing changes.
    // https://www.pulumi.com/docs/iac/concepts/resources/options/import/
    { parent, ...(variableExists && { import: usernameVariable }) },
  );
  return [shared, variable];
}
