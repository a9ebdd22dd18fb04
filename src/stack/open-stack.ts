import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ConfigMap, StackSummary } from "@pulumi/pulumi/automation/index.js";
import { mostStackMebibytes, readYamlFile } from "../fleet/read-yaml-file.ts";
import { readFleetConfig, type FleetInFile } from "../fleet/read-fleet-config.ts";
import { gitHubHost, registryOf } from "../github-host.ts";
import { loadConnection, type Connection } from "../github/client/load-connection.ts";
import { readPatSources, type PatSources } from "../pat/pat-source.ts";
import { printable, unprintable } from "../printable.ts";
import { isPrivateUrl } from "../private-url.ts";
import { ConfigurationError, inFile, UsageError, UserError } from "../user-error.ts";
import { assertFitsEngine } from "./configuration-size.ts";
import { explainOpening } from "./engine-errors.ts";
import { stackFiles } from "./file-backend/stack-files.ts";
import { assertStateIntact } from "./file-backend/state-copies.ts";
import { runEngine, stackEngine, type StackEngine } from "./stack-engine.ts";
import { stackFileName } from "./stack-file-name.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface StackPlace {
  /** The project's folder: the one that holds Pulumi.yaml and Pulumi.<stack>.yaml. */
  readonly folder: string;
  /** With the engine on PATH, as tools/engine.ts builds it. */
  readonly environment: Environment;
}

/** A stack and its configuration in clear: keep it in memory only. */
export interface OpenStack {
  readonly name: string;
  readonly engine: StackEngine;
  readonly settings: FleetInFile;
  readonly connection: Connection;
  /** Host of the registry, as images begin with it: "ghcr.io". */
  readonly registry: string;
  /** Where it answers. */
  readonly registryUrl: string;
  /** Where the provider reads the PATs that the configuration does not hold. */
  readonly patSources: PatSources;
  /** The publishing PAT, if the configuration holds it. */
  readonly pat: string | undefined;
  /** The new PAT of a rotation that has not ended. */
  readonly nextPat: string | undefined;
  /** The PAT that the last rotation replaced, until it is known to be revoked or expired. */
  readonly previousPat: string | undefined;
}

/**
 * The stack that `pulumi stack select` chose in this folder, if any.
 *
 * @throws {UserError} the back end cannot be asked
 */
export async function selectedStack(place: StackPlace): Promise<string | undefined> {
  assertProject(place);
  try {
    const listed = await runEngine(place.folder, place.environment, ["stack", "ls", "--json"]);
    return (JSON.parse(listed) as StackSummary[]).find(({ current }) => current)?.name;
  } catch (error) {
    throw explainOpening(undefined, error);
  }
}

/**
 * Opens stacks, and does not change which one is selected.
 *
 * @throws {UsageError} a stack is unknown or configured wrongly
 * @throws {UserError} the back end cannot be asked, a state is incomplete, or the passphrase of a stack is missing
 *   or wrong
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
  assertProject(place);
  const files = await stackFiles(place, name);
  if (files) await assertStateIntact(files);
  const file = stackFileName(name);
  const engine = stackEngine(place.folder, defined(place.environment), name);
  const config = await readConfiguration(engine).catch(async (error: unknown) => {
    // The engine names the file and the line only in part.
    const path = join(place.folder, file);
    if (existsSync(path))
      await readYamlFile(path, { shown: file, mostMebibytes: mostStackMebibytes });
    throw error;
  });
  try {
    return { name, engine, ...(await readConfig(config, place, file)) };
  } catch (error) {
    throw inFile(file, isOneOfMany ? namingStack(name, error) : error);
  }
}

/** In clear. Fails if the stack does not exist. */
async function readConfiguration(engine: StackEngine): Promise<ConfigMap> {
  try {
    return JSON.parse(await engine.run(["config", "--show-secrets", "--json"])) as ConfigMap;
  } catch (error) {
    throw explainOpening(engine.name, error);
  }
}

function assertProject({ folder }: StackPlace): void {
  if (existsSync(join(folder, "Pulumi.yaml"))) return;
  throw new UsageError(`${folder} has no Pulumi.yaml: run the command in the project's folder`);
}

async function readConfig(config: ConfigMap, { folder, environment }: StackPlace, file: string) {
  const get = (key: string) => {
    const found = config[key];
    return found && { value: found.value, secret: found.secret ?? false };
  };
  assertFitsEngine(
    "the configuration",
    Object.fromEntries(Object.entries(config).map(([key, { value }]) => [key, value])),
  );
  const settings = await readFleetConfig(folder, get, file);
  const connection = loadConnection({ get: (key) => config[`github:${key}`]?.value }, environment);
  const registry = registryOf(gitHubHost(connection.baseUrl), settings.registry);
  return {
    patSources: readPatSources(get),
    settings,
    connection,
    registry,
    registryUrl: assertRegistryUrl(
      config["ghcr-fleet:registryUrl"]?.value ?? `https://${registry}`,
    ),
    pat: config["ghcr-fleet:pat"]?.value,
    nextPat: config["ghcr-fleet:nextPat"]?.value,
    previousPat: config["ghcr-fleet:previousPat"]?.value,
  };
}

/** The provider's own check, for commands that send the PAT to the registry themselves. */
function assertRegistryUrl(url: string): string {
  const isUrl = URL.canParse(url) && !unprintable.test(url);
  if (isUrl && isPrivateUrl(url)) return url;
  const problem = isUrl ? "would send the PAT in clear; use https" : "is not a URL";
  throw new UsageError(
    `ghcr-fleet:registryUrl "${printable(url)}" ${problem}; leave it out for https://<registry>`,
  );
}

function defined(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
}

/** The same error, with the name of its stack. */
export function namingStack(stack: string, error: unknown): unknown {
  // An error of the configuration names the stack's file.
  if (!(error instanceof UserError) || error instanceof ConfigurationError) return error;
  const message = `${stack}: ${error.message}`;
  return error instanceof UsageError ? new UsageError(message) : new UserError(message);
}
