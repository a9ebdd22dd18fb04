import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  LocalWorkspace,
  PulumiCommand,
  Stack,
  type ConfigMap,
} from "@pulumi/pulumi/automation/index.js";
import { parseFleetConfig } from "../fleet/load-fleet-config.ts";
import type { FleetConfig } from "../fleet/fleet-config.ts";
import { loadConnection, type Connection } from "../github/client/load-connection.ts";
import { isPrivateUrl } from "../private-url.ts";
import { UsageError, UserError } from "../user-error.ts";
import { explainOpening } from "./engine-errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface StackPlace {
  /** The project's folder: the one that holds Pulumi.yaml and Pulumi.<stack>.yaml. */
  readonly folder: string;
  /** With the engine on PATH, as tools/engine.ts builds it. */
  readonly environment: Environment;
}

/** A stack and what its configuration says, in clear: keep it in memory only. */
export interface OpenStack {
  readonly name: string;
  /** Runs preview, up, refresh and the rest. Never give it secret configuration: it would put the
   * value into process arguments. */
  readonly automation: Stack;
  readonly settings: FleetConfig;
  readonly connection: Connection;
  readonly registryUrl: string;
  /** The publishing PAT. */
  readonly pat: string | undefined;
  /** The PAT that comes next, while a rotation is under way. */
  readonly nextPat: string | undefined;
  /** The PAT that the last rotation replaced, as long as it is not known to be dead. */
  readonly previousPat: string | undefined;
}

/**
 * The stack that `pulumi stack select` chose in this folder, if any.
 *
 * @throws {UserError} the back end cannot be asked
 */
export async function selectedStack(place: StackPlace): Promise<string | undefined> {
  const workspace = await openWorkspace(place);
  try {
    return (await workspace.stack())?.name;
  } catch (error) {
    throw explainOpening(undefined, error);
  }
}

/** Where the engine keeps the state of this project's stacks, as a URL. */
export async function backendUrl(place: StackPlace): Promise<string> {
  return (await (await openWorkspace(place)).whoAmI()).url ?? "";
}

/**
 * Opens stacks, and leaves the one selected that a person selected.
 *
 * @throws {UsageError} a stack is unknown or configured wrongly
 * @throws {UserError} the back end cannot be asked, or a stack is locked away by a passphrase
 */
export async function openStacks(
  place: StackPlace,
  names: readonly string[],
): Promise<OpenStack[]> {
  const opening = names.map((name) => openStack(place, name, names.length > 1));
  return (await Promise.allSettled(opening)).map((opened) => {
    if (opened.status === "rejected") throw opened.reason;
    return opened.value;
  });
}

async function openStack(
  place: StackPlace,
  name: string,
  isOneOfMany: boolean,
): Promise<OpenStack> {
  const workspace = await openWorkspace(place);
  const [automation, config] = await readStack(workspace, name);
  try {
    return { name, automation, ...readConfig(config, place.environment) };
  } catch (error) {
    throw isOneOfMany ? namingStack(name, error) : error;
  }
}

async function readStack(workspace: LocalWorkspace, name: string): Promise<[Stack, ConfigMap]> {
  try {
    // The Automation API selects each stack that it opens, for whoever works in the folder, though it
    // names the stack in each call. Reading the configuration says as well that there is none.
    workspace.selectStack = async () => {};
    const automation = await Stack.select(name, workspace);
    return [automation, await automation.getAllConfig()];
  } catch (error) {
    throw explainOpening(name, error);
  }
}

let pulumiCommand: Promise<PulumiCommand> | undefined;

async function openWorkspace({ folder, environment }: StackPlace): Promise<LocalWorkspace> {
  if (!existsSync(join(folder, "Pulumi.yaml"))) {
    throw new UsageError(`${folder} holds no Pulumi.yaml: run the command in the project's folder`);
  }
  // Which starts it to learn its version.
  pulumiCommand ??= PulumiCommand.get();
  return LocalWorkspace.create({
    workDir: folder,
    envVars: defined(environment),
    pulumiCommand: await pulumiCommand,
  });
}

const fleetKey = "ghcr-fleet:fleet";

function readConfig(config: ConfigMap, environment: Environment) {
  return {
    settings: parseFleetConfig(config[fleetKey]?.value, config[fleetKey]?.secret ?? false),
    connection: loadConnection({ get: (key) => config[`github:${key}`]?.value }, environment),
    registryUrl: assertRegistryUrl(config["ghcr-fleet:registryUrl"]?.value),
    pat: config["ghcr-fleet:pat"]?.value,
    nextPat: config["ghcr-fleet:nextPat"]?.value,
    previousPat: config["ghcr-fleet:previousPat"]?.value,
  };
}

/** As the provider judges it, for commands that send the PAT there themselves. */
function assertRegistryUrl(url = "https://ghcr.io"): string {
  if (URL.canParse(url) && isPrivateUrl(url)) return url;
  const problem = URL.canParse(url) ? "would send the PAT in clear; use https" : "is no URL";
  throw new UsageError(`ghcr-fleet:registryUrl "${url}" ${problem}; leave it out for ghcr.io`);
}

function defined(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
}

/** The same error, saying which of several stacks it is about. */
export function namingStack(stack: string, error: unknown): unknown {
  if (!(error instanceof UserError)) return error;
  const message = `${stack}: ${error.message}`;
  return error instanceof UsageError ? new UsageError(message) : new UserError(message);
}
