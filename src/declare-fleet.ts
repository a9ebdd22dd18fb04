import "./stack/native-stack-traces.ts";
import { setImmediate } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type { Fleet } from "./fleet/fleet.ts";
import { fleetFileKey, readFleetConfig } from "./fleet/read-fleet-config.ts";
import { laterRepositories } from "./fleet/plan-waves.ts";
import { parseRemovals } from "./fleet/removal-guard.ts";
import { createGitHubClient } from "./github/client/github-client.ts";
import { loadConnection } from "./github/client/load-connection.ts";
import { readPatSources } from "./pat/pat-source.ts";
import { findTrial } from "./resources/find-trial.ts";
import { CentralRepository } from "./resources/central-repository.ts";
import { FleetRepository } from "./resources/fleet-repository.ts";
import { ifPresent, RegistrySecret } from "./resources/ghcr-resources.ts";
import { GhcrProvider } from "./resources/ghcr-provider.ts";
import { assertUnlogged, requirePat } from "./resources/require-pat.ts";
import { RegistryAccess } from "./resources/registry-access.ts";
import { usernameVariable } from "./resources/repository-credential.ts";
import { settled, valueOrNull } from "./resources/settled.ts";
import { stackOutputs } from "./resources/stack-outputs.ts";
import { describeUndeployed } from "./publishing/deploys-to.ts";
import { assertInstallation } from "./stack/assert-installation.ts";
import { stackFiles } from "./stack/file-backend/stack-files.ts";
import { assertStateIntact } from "./stack/file-backend/state-copies.ts";
import { findFleet } from "./stack/find-fleet.ts";
import { readSharedCredential } from "./stack/shared-credential.ts";
import { isSecretKey } from "./stack/is-secret-key.ts";
import { stackFileName } from "./stack/stack-file-name.ts";
import { inFile, UserError } from "./user-error.ts";
import { watchEngine } from "./watch-engine.ts";

/**
 * Declares the fleet that the stack's configuration describes, and returns the stack's outputs.
 *
 * @throws {pulumi.RunError} the configuration is wrong, or GitHub cannot be read; the engine prints it
 *   without a stack trace
 */
export async function declareFleet(): Promise<FleetOutputs> {
  const engine = process.env["PULUMI_NODEJS_ENGINE"];
  if (engine) watchEngine(engine, () => process.exit(1));
  try {
    return await declare();
  } catch (error) {
    const named = inFile(stackFileName(pulumi.getStack()), error);
    throw named instanceof UserError ? new pulumi.RunError(named.message) : error;
  }
}

/** Said at each run, until somebody merges: a caller of something that is not there would fail. */
function reportWaiting({ workflow, called }: CentralRepository): void {
  called.waitsFor.apply((url) => {
    if (url === undefined) return;
    return pulumi.log.warn(
      `the shared workflow waits for ${url}: merge it and run again; until then, callers that need it stay as they are`,
      workflow,
    );
  });
}

/** Where no job gets the secret of an environment yet, and a repository keeps the one that it has, or has none. */
async function reportUndeployed(
  repositories: readonly FleetRepository[],
  access: RegistryAccess,
  { secret }: Fleet,
): Promise<void> {
  const moving = repositories.filter(({ repository }) => repository.credential === "environment");
  const reported = moving.map(async ({ repository, publishing }) => {
    const mode = await valueOrNull(publishing.mode);
    // Of a later wave, or failed.
    if (mode === null) return;
    const kept = await keptBy(repository, access);
    const isUndeployed = (await valueOrNull(publishing.undeployed)) === true;
    if (kept === undefined && !isUndeployed) return;
    const [pullRequestUrl, declined] = await Promise.all([
      valueOrNull(publishing.pullRequestUrl),
      valueOrNull(publishing.declined),
    ]);
    const { branch } = repository;
    const offer = { pullRequestUrl: pullRequestUrl ?? undefined, declinedUrl: declined?.url };
    const message = describeUndeployed(secret, { branch, kept, mode, ...offer });
    await pulumi.log.warn(message, publishing);
  });
  await Promise.all(reported);
}

/** Whose secret such a repository has until the next update, if it is not its environment's. */
async function keptBy(
  repository: FleetRepository["repository"],
  access: RegistryAccess,
): Promise<"organization" | "repository" | undefined> {
  if (access.credentialOf(repository) === "organization") return "organization";
  const own = access
    .ownOf(repository)
    .find((each): each is RegistrySecret => each instanceof RegistrySecret);
  return own && (await valueOrNull(own.scope)) === "repository" ? "repository" : undefined;
}

/** What a person declined is said at each run, because nothing else of it is seen. */
function reportDeclined(repositories: readonly FleetRepository[], then: "continue" | "fail"): void {
  for (const { repository, publishing } of repositories) {
    ifPresent(publishing.declined).apply((declined) => {
      if (!declined) return;
      const { url, by, at } = declined;
      const { name } = repository;
      const message =
        `${by ?? "somebody"} declined ${url} on ${at.slice(0, 10)}: ${name} stays as it is until another change is wanted; ` +
        `reopen it, or offer it again with GHCR_FLEET_OFFER_AGAIN=${name} (rollout: --offer-again ${name})`;
      if (then === "continue" || pulumi.runtime.isDryRun()) {
        return pulumi.log.warn(message, publishing);
      }
      process.exitCode = afterEverything;
      return pulumi.log.error(message, publishing);
    });
  }
}

export type FleetOutputs = ReturnType<typeof stackOutputs>;

/**
 * The update fails, but only after it has done everything else. With this exit code the engine adds no
 * message of its own: https://github.com/pulumi/pulumi/blob/v3.276.0/sdk/nodejs/cmd/run/index.ts
 */
const afterEverything = 32;

/**
 * How many repositories the engine may still work on while the next one is declared: as many as it has parallel
 * operations on eight processors, and more than GitHub's pace of writes needs. What the SDK keeps of each of them is
 * collected late: with 100, a fleet of 400 takes 50 MB more.
 */
const mostPending = 32;

/**
 * The engine takes an empty state for that of a new stack. Only a preview still finds it: an update has replaced it
 * before the program runs.
 *
 * @throws {UserError} the state of this stack is not intact
 */
async function assertKnownState(environment: NodeJS.ProcessEnv): Promise<void> {
  const place = { folder: pulumi.getRootDirectory(), environment };
  const files = await stackFiles(place, pulumi.getStack());
  if (files) await assertStateIntact(files);
}

async function declare(): Promise<FleetOutputs> {
  // The project may have any name.
  const config = new pulumi.Config("ghcr-fleet");
  if (pulumi.runtime.isDryRun()) await assertKnownState(process.env);
  const get = (key: string) => {
    const secret = isSecretKey(process.env, key);
    // An encrypted value is read where it is used; the getter for others warns of it.
    const value = secret ? "" : config.get(key.slice(key.indexOf(":") + 1));
    return value === undefined ? undefined : { value, secret };
  };
  const settings = await readFleetConfig(
    pulumi.getRootDirectory(),
    get,
    stackFileName(pulumi.getStack()),
  );
  const patSources = readPatSources(get);
  const github = new pulumi.Config("github");
  const connection = loadConnection(github, process.env);
  assertUnlogged(process.env);
  const { owner } = connection;

  const onWait = (message: string) => void pulumi.log.info(message, undefined, undefined, true);
  const client = createGitHubClient({ ...connection, onWait });
  const assertReached =
    connection.tokenFrom === "app"
      ? await assertInstallation(client, connection.token, owner)
      : undefined;
  const fleet = await findFleet(client, owner, settings);
  assertReached?.(fleet);
  const pat = requirePat(config, patSources, process.env, fleet);
  const trial = pat && findTrial(config, patSources, process.env, fleet, settings.waves);

  const provider = new GhcrProvider("ghcr", {
    owner,
    ownerKind: fleet.ownerKind,
    baseUrl: connection.baseUrl,
    // The state would contain a token of the environment, and a refresh would use it after it is no
    // longer valid.
    token: connection.tokenFrom === "configuration" ? connection.token : undefined,
    appAuth: github.get("appAuth"),
    registryUrl: config.get("registryUrl"),
    // The provider's default is not stored, as before there was another registry.
    registry: fleet.registry === "ghcr.io" ? undefined : fleet.registry,
    patFrom: patSources.pat && JSON.stringify(patSources.pat),
    nextPatFrom: patSources.nextPat && JSON.stringify(patSources.nextPat),
    pace: settings.pace,
    repositories: Object.fromEntries(fleet.repositories.map(({ name, branch }) => [name, branch])),
    fleetSettings:
      get(fleetFileKey) &&
      JSON.stringify({ username: settings.username, secret: { name: settings.secret.name } }),
    allowOwner: process.env["GHCR_FLEET_ALLOW_OWNER"],
    allowRemovals: parseRemovals(process.env["GHCR_FLEET_ALLOW_REMOVALS"]),
  });
  const { username, maxTokenDays } = settings;
  const later = laterRepositories(fleet, settings.waves, process.env);
  const shared = await readSharedCredential(client, fleet, {
    variable: usernameVariable,
    later: pulumi.runtime.isDryRun() ? undefined : later,
  });
  const access = new RegistryAccess(
    "registry-access",
    { fleet, pat, trial, username, maxTokenDays, ...shared, later },
    { provider },
  );
  const central = CentralRepository.of(fleet, { provider });
  const repositories: FleetRepository[] = [];
  for (const repository of fleet.repositories) {
    const args = { fleet, repository, access, central, pat, trial, username };
    repositories.push(new FleetRepository(args, { provider }));
    // What is declared goes to the engine now, and not when the whole fleet is rendered.
    if (repositories.length % 10 === 0) await setImmediate();
    const earlier = repositories[repositories.length - 1 - mostPending];
    if (earlier) await settled(earlier.publishing.urn);
  }
  for (const { settings } of repositories) {
    settings?.refused.apply((reason) => {
      if (!reason || pulumi.runtime.isDryRun()) return;
      process.exitCode = afterEverything;
      return pulumi.log.error(reason, settings);
    });
  }
  await reportUndeployed(repositories, access, fleet);
  reportDeclined(repositories, settings.declined);
  if (central) reportWaiting(central);
  return stackOutputs(fleet, access, repositories, {
    now: client.now(),
    isPlan: pulumi.runtime.isDryRun() && process.env["GHCR_FLEET_PLAN"] === "1",
  });
}
