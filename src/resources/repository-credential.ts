import * as pulumi from "@pulumi/pulumi";
import type { Fleet, FleetRepository } from "../fleet/fleet.ts";
import type { PatTrial } from "./find-trial.ts";
import type { GhcrProvider } from "./ghcr-provider.ts";
import {
  DeploymentEnvironment,
  RegistrySecret,
  RegistryVariable,
  type RegistryToken,
} from "./ghcr-resources.ts";

/** The variable from which the workflows read the PAT's owner. */
export const usernameVariable = "GHCR_USERNAME";

interface CredentialArgs {
  fleet: Pick<Fleet, "owner" | "secret">;
  repository: FleetRepository;
  /** With what it publishes until the next update. */
  present: FleetRepository["credential"];
  /** The publishing PAT, and what GitHub says of it. */
  pat: pulumi.Output<string>;
  token: RegistryToken;
  /** The PAT that comes next, and who tries it. */
  trial?: PatTrial | undefined;
  nextToken: RegistryToken | undefined;
}

/**
 * The secret and the variable of one repository; none where it shares the organisation's, or publishes with
 * the job's own token. Its environment is there before its secret. Without the secret of a trial, which is deleted again.
 *
 * They have no parent, and their names begin with the repository's: by that it is known whose they are.
 */
export function declareCredential(
  args: CredentialArgs,
  opts: pulumi.CustomResourceOptions & { provider: GhcrProvider },
): pulumi.CustomResource[] {
  const { fleet, repository, present } = args;
  const { pat, token, tokens, isTrial } = tokenOf(args);
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
  const variable = () =>
    new RegistryVariable(
      `${name}/${usernameVariable}`,
      { owner, repository: name, name: usernameVariable, value: token.owner },
      {
        ...afterTokens,
        ...formerly("ghcr:index:RegistryVariable", `${name}/${usernameVariable}`),
      },
    );
  const { environment } = secret;
  const environments =
    repository.credential === "environment"
      ? [
          new DeploymentEnvironment(
            `${name}/${environment}`,
            // Releases come from versions; a dispatch may come from the branch.
            { owner, repository: name, environment, branches: [branch], tags: versionTags },
            { ...opts, ...formerly("ghcr:index:DeploymentEnvironment", `${name}/${environment}`) },
          ),
        ]
      : [];
  switch (present) {
    case "job-token":
      return [];
    case "organization":
      // It shadows the organisation's as long as the trial goes on.
      if (isTrial) ofRepository();
      return environments;
    case "repository":
      return [variable(), ofRepository()];
    case "environment":
      return [
        variable(),
        new RegistrySecret(
          logicalName,
          { scope: "environment", environment, ...common },
          { ...opts, dependsOn: [...tokens, ...environments], ...formerSecret },
        ),
      ];
  }
}

/** As release.yml takes them: `v1.2.3` and `1.2.3`. */
const versionTags = ["[0-9]*", "v[0-9]*"];

/**
 * What the repository publishes with: the next PAT where it tries that one.
 *
 * What uses a token comes after all of `tokens`. A targeted update keeps, of what it leaves alone, the
 * dependencies that the state has: in a trial, those are on the PAT before. Were they registered
 * earlier than that, the engine would write a state in another order than it accepts.
 */
function tokenOf({ repository, pat, token, trial, nextToken }: CredentialArgs) {
  const tries = triesNext(repository, trial);
  return tries && trial && nextToken
    ? { pat: trial.pat, token: nextToken, tokens: [token, nextToken], isTrial: true }
    : { pat, token, tokens: [token], isTrial: false };
}

export function triesNext(
  { name }: Pick<FleetRepository, "name">,
  trial: PatTrial | undefined,
): boolean {
  return trial?.repositories.has(name) ?? false;
}

/** In earlier versions a component held the resources of a repository. */
export function formerly(
  type: string,
  name: string,
): Pick<pulumi.CustomResourceOptions, "aliases"> {
  const place = `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}`;
  return { aliases: [`${place}::ghcr-fleet:index:FleetRepository$${type}::${name}`] };
}
