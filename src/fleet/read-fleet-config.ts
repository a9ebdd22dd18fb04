import { join } from "node:path";
import { UsageError } from "../user-error.ts";
import type { FleetConfig } from "./fleet-config.ts";
import { loadFleetConfig, parseFleetConfig, refuseSecret } from "./load-fleet-config.ts";
import { readYamlFile, type YamlFile } from "./read-yaml-file.ts";

export const fleetKey = "ghcr-fleet:fleet";

/** Names the file that holds the fleet, for a fleet that is too large for the stack's configuration. */
export const fleetFileKey = "ghcr-fleet:fleetFile";

/** A value of the stack's configuration, as Pulumi passes it on. */
interface ConfigValue {
  readonly value: string;
  readonly secret: boolean;
}

/**
 * The fleet of a stack, from its configuration or from the file that the configuration names.
 *
 * @param root the project's folder, which holds Pulumi.yaml
 * @param get a value of the configuration, by its full key
 * @param stackFile name of the file with the stack's configuration, for messages
 * @throws {UsageError} lists all problems at once, each with its path and the fix
 */
export async function readFleetConfig(
  root: string,
  get: (key: string) => ConfigValue | undefined,
  stackFile: string,
): Promise<FleetInFile> {
  const [fleet, file] = [get(fleetKey), get(fleetFileKey)];
  if (!file) {
    const config = parseFleetConfig(fleet?.value, fleet?.secret ?? false, stackFile);
    return { ...config, file: stackFile };
  }
  if (file.secret) throw refuseSecret(`${fleetFileKey} is an encrypted value`);
  const name = assertFleetFile(file.value, fleet !== undefined);
  return { ...loadFleetConfig((await readFleetFile(root, name)).content, name), file: name };
}

/** The settings of a fleet, and the file that has them. */
export type FleetInFile = FleetConfig & { readonly file: string };

/**
 * A plain name: the file is beside Pulumi.yaml, where the preview of a pull request finds it, and where no
 * path leads to another file of the machine.
 */
export const fleetFileName = /^fleet[A-Za-z0-9._-]{0,60}\.(?:ya?ml|json)$/;

/**
 * The value of `ghcr-fleet:fleetFile`.
 *
 * @param isInline whether the configuration also has `ghcr-fleet:fleet`
 * @throws {UsageError} it is no such name, or there are two fleets
 */
export function assertFleetFile(name: unknown, isInline: boolean): string {
  if (typeof name !== "string" || !fleetFileName.test(name)) {
    throw new UsageError(
      `${fleetFileKey} is not the name of a file beside Pulumi.yaml that begins with fleet and ends with .yaml, .yml or .json, such as fleet.yaml`,
    );
  }
  if (!isInline) return name;
  throw new UsageError(
    `the configuration has both ${fleetKey} and ${fleetFileKey}: remove one of them`,
  );
}

/** Enough for thirty thousand repositories without settings of their own, or ten thousand with a few. */
export const mostFleetMebibytes = 2;

/** @throws {UsageError} the file is missing, too large or not valid YAML */
export function readFleetFile(root: string, name: string): Promise<YamlFile> {
  return readYamlFile(join(root, name), { shown: name, mostMebibytes: mostFleetMebibytes });
}
